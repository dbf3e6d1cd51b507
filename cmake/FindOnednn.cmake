# Onednn::Onednn. Debian's own package config asks for OpenCL development files, which a CPU build does not need.
find_path(ONEDNN_INCLUDE_DIR dnnl.hpp)
find_library(ONEDNN_LIBRARY dnnl)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Onednn REQUIRED_VARS ONEDNN_LIBRARY ONEDNN_INCLUDE_DIR)
if(Onednn_FOUND AND NOT TARGET Onednn::Onednn)
  add_library(Onednn::Onednn UNKNOWN IMPORTED)
  set_target_properties(Onednn::Onednn PROPERTIES IMPORTED_LOCATION ${ONEDNN_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${ONEDNN_INCLUDE_DIR})
endif()
