# Files as part of a program. tram_embed(TARGET FUNCTION FILES...) gives TARGET a function
# `std::span<const tram::EmbeddedFile> tram::FUNCTION()` (tram/base/embedded.h); a file's name is
# that without its folders.
set(TRAM_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(tram_embed target function)
  set(to ${CMAKE_CURRENT_BINARY_DIR}/${function}.cc)
  add_custom_command(
    OUTPUT ${to}
    COMMAND ${CMAKE_COMMAND} -DTO=${to} -DFUNCTION=${function} "-DFROM=${ARGN}"
            -P ${TRAM_EMBED_SCRIPT}
    DEPENDS ${ARGN} ${TRAM_EMBED_SCRIPT}
    VERBATIM)
  target_sources(${target} PRIVATE ${to})
endfunction()

if(CMAKE_SCRIPT_MODE_FILE)
  set(arrays "")
  set(rows "")
  set(number 0)
  foreach(file ${FROM})
    get_filename_component(name ${file} NAME)
    file(READ ${file} hex HEX)
    string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
    string(APPEND arrays "const unsigned char kFile${number}[] = {${bytes}0};\n")
    string(APPEND rows "    File(\"${name}\", kFile${number}),\n")
    math(EXPR number "${number} + 1")
  endforeach()
  file(WRITE ${TO}.new
    "#include \"tram/base/embedded.h\"\n\nnamespace tram {\nnamespace {\n\n${arrays}\n"
    "template <std::size_t kSize>\n"
    "EmbeddedFile File(std::string_view name, const unsigned char (&bytes)[kSize]) {\n"
    "  return {name, {reinterpret_cast<const char*>(bytes), kSize - 1}};\n}\n\n}  // namespace\n\n"
    "std::span<const EmbeddedFile> ${FUNCTION}() {\n"
    "  static const EmbeddedFile files[] = {\n${rows}  };\n  return files;\n}\n\n}  // namespace tram\n")
  file(RENAME ${TO}.new ${TO})
endif()
