# The SDK: all that a domain or a sink may include.
add_library(daybook_sdk INTERFACE)
add_library(daybook::sdk ALIAS daybook_sdk)
target_include_directories(daybook_sdk INTERFACE ${CMAKE_SOURCE_DIR}/include ${CMAKE_BINARY_DIR}/generated)
target_compile_features(daybook_sdk INTERFACE cxx_std_20)
target_link_libraries(daybook_sdk INTERFACE flatbuffers::flatbuffers)

# daybook_module(NAME SOURCES ... DEPS ...): one static library per folder of src/.
# Headers are included from the root of src/ ("log/event_log.h").
function(daybook_module name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPS;PRIVATE_DEPS;PCH" ${ARGN})
  add_library(daybook_${name} STATIC ${arg_SOURCES})
  add_library(daybook::${name} ALIAS daybook_${name})
  target_include_directories(daybook_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(daybook_${name} PUBLIC daybook::sdk ${arg_DEPS} PRIVATE daybook_warnings ${arg_PRIVATE_DEPS})
  set_target_properties(daybook_${name} PROPERTIES CXX_EXTENSIONS OFF)
  if(arg_PCH)
    target_precompile_headers(daybook_${name} PRIVATE ${arg_PCH})
  endif()
endfunction()

# daybook_add_domain(NAME SOURCES ... DEPS ...): a domain with its schema, schemas/NAME.fbs. It sees the SDK (whose JSON
# and log words the base brings) and its own schema, nothing else; tests/style checks the includes.
function(daybook_add_domain name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPS" ${ARGN})
  if(NOT TARGET daybook_schema_${name})
    daybook_add_schema(${name})
  endif()
  daybook_module(domain_${name} SOURCES ${arg_SOURCES} DEPS daybook::base daybook_schema_${name} ${arg_DEPS})
endfunction()

# daybook_add_sink(NAME SOURCES ...): a kind of sink. It sees the SDK and what brings bytes out (src/outbound).
function(daybook_add_sink name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
  daybook_module(sink_${name} SOURCES ${arg_SOURCES} DEPS daybook::base daybook::outbound ${arg_DEPS}
                 PRIVATE_DEPS ${arg_PRIVATE_DEPS})
endfunction()
