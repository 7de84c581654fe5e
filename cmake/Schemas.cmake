add_custom_target(schemas)  # every generated header

# daybook_add_schema(NAME): schemas/NAME.fbs -> header NAME_generated.h, target daybook_schema_NAME.
function(daybook_add_schema name)
  cmake_parse_arguments(arg "" "SOURCE" "" ${ARGN})
  set(source ${CMAKE_SOURCE_DIR}/schemas/${name}.fbs)
  if(arg_SOURCE)
    set(source ${arg_SOURCE})
  endif()
  set(out_dir ${CMAKE_BINARY_DIR}/generated/schemas)
  set(header ${out_dir}/${name}_generated.h)
  add_custom_command(
    OUTPUT ${header}
    COMMAND flatbuffers::flatc --cpp --cpp-std c++17 --scoped-enums --warnings-as-errors -o ${out_dir} ${source}
    DEPENDS ${source}
    COMMENT "flatc ${name}.fbs")
  add_custom_target(daybook_schema_${name}_header DEPENDS ${header})
  add_dependencies(schemas daybook_schema_${name}_header)
  add_library(daybook_schema_${name} INTERFACE)
  add_dependencies(daybook_schema_${name} daybook_schema_${name}_header)
  target_include_directories(daybook_schema_${name} SYSTEM INTERFACE ${out_dir})
  target_link_libraries(daybook_schema_${name} INTERFACE flatbuffers::flatbuffers)
endfunction()
