# Writes the file FROM as the text of a C++ function into TO.
file(READ ${FROM} text)
file(WRITE ${TO} "#include \"app/default_programme.h\"\n\nnamespace tram::server {\n\n"
  "std::string_view DefaultProgramme() {\n  return R\"programme(")
file(APPEND ${TO} "${text}")
file(APPEND ${TO} ")programme\";\n}\n\n}  // namespace tram::server\n")
