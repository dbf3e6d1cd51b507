# cmake --install: the program, the CUDA module if there is one, the rooms as libraries with their headers, and a package: find_package(impasto) gives
# impasto::nets and the other rooms.
include(CMakePackageConfigHelpers)

install(TARGETS impasto impasto_engine impasto_kernels impasto_layers impasto_loaders impasto_nets EXPORT impasto)

foreach(room engine layers loaders nets)  # without what would ask an outside program for HDF5's own headers
  install(DIRECTORY ${CMAKE_SOURCE_DIR}/${room} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/impasto FILES_MATCHING PATTERN "*.h" PATTERN "hdf5_*" EXCLUDE)
endforeach()
# Of the kernels an outside program needs the backends' makers only.
foreach(header cpu/backend.h cuda_module.h cuda/module.h cuda/options.h reference/reference.h plan/backend.h)
  get_filename_component(folder ${header} DIRECTORY)
  install(FILES ${CMAKE_SOURCE_DIR}/kernels/${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/impasto/kernels/${folder})
endforeach()

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/impasto)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/weights/ DESTINATION ${CMAKE_INSTALL_DATADIR}/impasto FILES_MATCHING PATTERN "*.h5")
install(EXPORT impasto NAMESPACE impasto:: FILE impastoTargets.cmake DESTINATION ${package})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/impastoConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_SOURCE_DIR}/cmake/impastoConfig.cmake ${CMAKE_SOURCE_DIR}/cmake/FindHdf5Archive.cmake ${CMAKE_BINARY_DIR}/impastoConfigVersion.cmake
        DESTINATION ${package})
