# Cudnn::Cudnn: cudnn.h and the library, in what CUDNN_ROOT names (variable or environment), in the CUDA toolkit, beside it where pip's wheels
# put it (nvidia/cudnn), or where the system keeps such things. Wheels have no libcudnn.so, only libcudnn.so.9.
set(cudnn_hints ${CUDNN_ROOT} $ENV{CUDNN_ROOT} ${CUDAToolkit_LIBRARY_ROOT} ${CUDAToolkit_TARGET_DIR} ${CUDAToolkit_BIN_DIR}/..)
foreach(hint ${cudnn_hints})
  list(APPEND cudnn_hints ${hint}/../cudnn)
endforeach()
find_path(CUDNN_INCLUDE_DIR cudnn.h HINTS ${cudnn_hints} PATH_SUFFIXES include)
find_library(CUDNN_LIBRARY NAMES cudnn libcudnn.so.9 NAMES_PER_DIR HINTS ${cudnn_hints} PATH_SUFFIXES lib lib64)

if(CUDNN_INCLUDE_DIR AND EXISTS ${CUDNN_INCLUDE_DIR}/cudnn_version.h)
  file(STRINGS ${CUDNN_INCLUDE_DIR}/cudnn_version.h lines REGEX "^#define CUDNN_(MAJOR|MINOR|PATCHLEVEL) +[0-9]+")
  string(REGEX REPLACE "[^0-9;]" "" Cudnn_VERSION "${lines}")
  string(REPLACE ";" "." Cudnn_VERSION "${Cudnn_VERSION}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Cudnn REQUIRED_VARS CUDNN_LIBRARY CUDNN_INCLUDE_DIR VERSION_VAR Cudnn_VERSION)
if(Cudnn_FOUND AND NOT TARGET Cudnn::Cudnn)
  add_library(Cudnn::Cudnn UNKNOWN IMPORTED)
  set_target_properties(Cudnn::Cudnn PROPERTIES IMPORTED_LOCATION ${CUDNN_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${CUDNN_INCLUDE_DIR})
endif()
mark_as_advanced(CUDNN_INCLUDE_DIR CUDNN_LIBRARY)
