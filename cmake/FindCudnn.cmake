# Cudnn::Cudnn, cuDNN 9 beside the CUDA toolkit.
find_path(CUDNN_INCLUDE_DIR cudnn_graph.h HINTS ${CUDNN_ROOT} ${CUDAToolkit_INCLUDE_DIRS} PATH_SUFFIXES include)
find_library(CUDNN_LIBRARY NAMES libcudnn.so.9 cudnn HINTS ${CUDNN_ROOT} ${CUDAToolkit_LIBRARY_DIR} PATH_SUFFIXES lib lib64)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Cudnn REQUIRED_VARS CUDNN_LIBRARY CUDNN_INCLUDE_DIR)
if(Cudnn_FOUND AND NOT TARGET Cudnn::Cudnn)
  add_library(Cudnn::Cudnn UNKNOWN IMPORTED)
  set_target_properties(Cudnn::Cudnn PROPERTIES IMPORTED_LOCATION ${CUDNN_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${CUDNN_INCLUDE_DIR})
endif()
