# The CUDA module, libimpasto_cuda.so: what only nvcc and NVIDIA's libraries make, opened by the program at run time (kernels/cuda_module.h).
set(IMPASTO_CUDA AUTO CACHE STRING "The CUDA module: AUTO builds it where CUDA 13 and cuDNN 9 are installed, ON insists, OFF leaves it out")
set_property(CACHE IMPASTO_CUDA PROPERTY STRINGS AUTO ON OFF)

# The hash by which program and module know that they were built from the same headers.
file(GLOB interface_headers CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/engine/*.h)
list(APPEND interface_headers ${CMAKE_SOURCE_DIR}/kernels/cuda/module.h ${CMAKE_SOURCE_DIR}/kernels/cuda/options.h)
set(interface_folder ${CMAKE_BINARY_DIR}/interface)
string(REPLACE ";" "|" interface_list "${interface_headers}")
add_custom_command(
  OUTPUT ${interface_folder}/impasto_interface.h
  COMMAND ${CMAKE_COMMAND} -DOUT=${interface_folder}/impasto_interface.h "-DFILES=${interface_list}"
          "-DCOMPILER=${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION} ${CMAKE_CXX_FLAGS}" -P ${CMAKE_SOURCE_DIR}/cmake/interface_hash.cmake
  DEPENDS ${interface_headers} ${CMAKE_SOURCE_DIR}/cmake/interface_hash.cmake
  VERBATIM)
add_custom_target(impasto_interface DEPENDS ${interface_folder}/impasto_interface.h)

# For a target that compares or shows the hash.
function(impasto_sees_interface target)
  add_dependencies(${target} impasto_interface)
  target_include_directories(${target} PRIVATE ${interface_folder})
endfunction()

# Why there can be no module, or "". CMake 3.25 does not know by itself which architectures CUDA 13 has left.
set(cuda_missing "")
if(IMPASTO_CUDA STREQUAL "OFF")
  set(cuda_missing "IMPASTO_CUDA is OFF")
else()
  include(CheckLanguage)
  if(NOT DEFINED ENV{CUDACXX} AND NOT CMAKE_CUDA_COMPILER)
    find_program(IMPASTO_NVCC nvcc HINTS ENV CUDA_PATH ENV CUDA_HOME PATHS /usr/local/cuda PATH_SUFFIXES bin)
    if(IMPASTO_NVCC)
      set(ENV{CUDACXX} ${IMPASTO_NVCC})
    endif()
  endif()
  if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
    set(CMAKE_CUDA_ARCHITECTURES 90-real 80-virtual)
  endif()
  check_language(CUDA)
  if(NOT CMAKE_CUDA_COMPILER)
    set(cuda_missing "no nvcc that works was found; CUDACXX may name one")
  else()
    enable_language(CUDA)
    find_package(CUDAToolkit QUIET)
    find_package(Cudnn QUIET)
    if(CMAKE_CUDA_COMPILER_VERSION VERSION_LESS 13)
      set(cuda_missing "${CMAKE_CUDA_COMPILER} is of CUDA ${CMAKE_CUDA_COMPILER_VERSION}, and 13 is the least that will do")
    elseif(NOT CUDAToolkit_FOUND)
      set(cuda_missing "the libraries of CUDA beside ${CMAKE_CUDA_COMPILER} were not found")
    elseif(NOT Cudnn_FOUND)
      set(cuda_missing "cuDNN 9 was not found; CUDNN_ROOT may name its folder")
    endif()
  endif()
endif()

if(cuda_missing AND IMPASTO_CUDA STREQUAL "ON")
  message(FATAL_ERROR "The CUDA module cannot be built: ${cuda_missing}")
elseif(cuda_missing)
  message(STATUS "The CUDA module is left out: ${cuda_missing}")
else()
  message(STATUS "The CUDA module is built with CUDA ${CMAKE_CUDA_COMPILER_VERSION}")
endif()

# The target impasto_cuda.
function(impasto_cuda_module)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/kernels/cuda/*.cpp ${CMAKE_SOURCE_DIR}/kernels/cuda/*.cu)
  add_library(impasto_cuda MODULE ${sources})
  impasto_flags(impasto_cuda)
  impasto_sees_interface(impasto_cuda)
  impasto_instantiate(impasto_cuda CudaLauncher kernels/cuda/launcher.h cu)
  # CMake 3.25 cannot pass CUDA_STANDARD 20 on.
  set_target_properties(impasto_cuda PROPERTIES CUDA_STANDARD_REQUIRED OFF)
  target_compile_options(impasto_cuda PRIVATE $<$<COMPILE_LANGUAGE:CUDA>:-std=c++20 --expt-relaxed-constexpr -Xcompiler=-Wall,-Wno-unknown-pragmas>)
  target_include_directories(impasto_cuda PRIVATE ${CMAKE_BINARY_DIR}/rooms/kernels)
  target_link_libraries(impasto_cuda PRIVATE impasto_engine Cudnn::Cudnn CUDA::cudart_static ${CMAKE_DL_LIBS})
  target_link_options(impasto_cuda PRIVATE LINKER:-z,defs)
  set_target_properties(impasto_cuda PROPERTIES INSTALL_RPATH "$ORIGIN" INSTALL_RPATH_USE_LINK_PATH ON)
  install(TARGETS impasto_cuda LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
endfunction()
