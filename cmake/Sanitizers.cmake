# DAYBOOK_SANITIZE=address,undefined (or thread) instruments every target of the tree.
if(DAYBOOK_SANITIZE)
  add_compile_options(-fsanitize=${DAYBOOK_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${DAYBOOK_SANITIZE})
endif()
