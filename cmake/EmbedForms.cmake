# cmake -D DIR=config/forms -D FORMS=a,b -D OUT=shipped_forms.cc -P EmbedForms.cmake
# Writes the definitions DIR/a.json, DIR/b.json as C++ text, so that the one binary brings its forms along.
string(REPLACE "," ";" names "${FORMS}")
set(entries "")
foreach(name ${names})
  file(READ ${DIR}/${name}.json text)
  string(APPEND entries "    {\"${name}\", R\"definition(${text})definition\"},\n")
endforeach()
file(WRITE ${OUT} "// Generated from config/forms; do not edit.
#include \"cli/shipped_forms.h\"

#include <vector>

namespace daybook::cli {

std::span<const ShippedForm> shipped_forms() {
  static const std::vector<ShippedForm> forms{
${entries}  };
  return forms;
}

}  // namespace daybook::cli
")
