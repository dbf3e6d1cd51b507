# Writes OUT, a header with a hash of FILES (a list joined by |) and of the compiler: what two libraries must have in common to share
# classes.
string(REPLACE "|" ";" files "${FILES}")
set(hashes "${COMPILER}")
foreach(file ${files})
  file(SHA256 ${file} hash)
  string(APPEND hashes " ${hash}")
endforeach()
string(SHA256 hash "${hashes}")
file(CONFIGURE OUTPUT ${OUT} CONTENT "#define IMPASTO_INTERFACE \"${hash}\"\n")
