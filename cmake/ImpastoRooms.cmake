# A room is a folder and a library of the same name. It sees its own headers and those of the rooms it names (and of
# the rooms these name): headers are staged per room, so that a wrong include does not build.

# For C++; what nvcc compiles has flags of its own (cmake/ImpastoCuda.cmake).
function(impasto_flags target)
  set(flags -Wall -Wextra -march=${IMPASTO_ARCH})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # g++ 12 sees overlap in "text" + std::string. Where there are 512-bit registers, GCC would otherwise prefer halves of them.
    list(APPEND flags -Wno-restrict -mprefer-vector-width=512 -Wno-psabi)
  endif()
  target_compile_options(${target} PRIVATE "$<$<COMPILE_LANGUAGE:CXX>:${flags}>")
endfunction()

# impasto_room(name [SHARED] [rooms it may see...]): a static library, unless program and module are to share it
function(impasto_room room)
  cmake_parse_arguments(PARSE_ARGV 1 room SHARED "" "")
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${room}/*.cpp)
  if(NOT sources)
    set(sources ${CMAKE_SOURCE_DIR}/cmake/empty.cpp)
  endif()
  if(room_SHARED)
    add_library(impasto_${room} SHARED ${sources})
    set_target_properties(impasto_${room} PROPERTIES INSTALL_RPATH "$ORIGIN")
  else()
    add_library(impasto_${room} STATIC ${sources})
  endif()
  set_target_properties(impasto_${room} PROPERTIES EXPORT_NAME ${room})
  add_library(impasto::${room} ALIAS impasto_${room})
  impasto_flags(impasto_${room})
  # One include folder a room, holding nothing but a link to it.
  set(view ${CMAKE_BINARY_DIR}/rooms/${room})
  file(MAKE_DIRECTORY ${view})
  file(CREATE_LINK ${CMAKE_SOURCE_DIR}/${room} ${view}/${room} SYMBOLIC)
  target_include_directories(impasto_${room} PUBLIC $<BUILD_INTERFACE:${view}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/impasto>)
  foreach(other ${room_UNPARSED_ARGUMENTS})
    target_link_libraries(impasto_${room} PUBLIC impasto_${other})
  endforeach()
endfunction()

function(impasto_sources room)
  foreach(folder ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.cpp)
    target_sources(impasto_${room} PRIVATE ${sources})
  endforeach()
endfunction()

# impasto_instantiate(target launcher header [cu]): compiles the shared primitives for a launcher, one file a family
# (kernels/shared/shared_backend.h).
function(impasto_instantiate target launcher header)
  set(suffix cpp)
  if(ARGN)
    set(suffix ${ARGN})
  endif()
  foreach(pair elementwise:ElementwisePrimitives reduction:ReductionPrimitives structure:StructurePrimitives pooling:PoolingPrimitives
               norm:NormPrimitives matrix:MatrixPrimitives optimizer:SharedBackend)
    string(REPLACE ":" ";" pair ${pair})
    list(GET pair 0 family)
    list(GET pair 1 class)
    set(file ${CMAKE_BINARY_DIR}/instances/${launcher}_${family}.${suffix})
    file(CONFIGURE OUTPUT ${file} CONTENT
"#include \"${header}\"
#include \"kernels/shared/${family}_primitives.h\"
template class impasto::${class}<impasto::${launcher}>;
")
    target_sources(${target} PRIVATE ${file})
  endforeach()
endfunction()

# impasto_texts(target files...): each file as a string of the program, named after it: tools/page.css is impasto::page_css.
function(impasto_texts target)
  foreach(path ${ARGN})
    get_filename_component(file ${path} NAME)
    string(MAKE_C_IDENTIFIER ${file} name)
    file(READ ${CMAKE_SOURCE_DIR}/${path} text)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${path})
    set(source ${CMAKE_BINARY_DIR}/texts/${name}.cpp)
    file(CONFIGURE OUTPUT ${source} CONTENT
"namespace impasto {
extern const char* const ${name};
const char* const ${name} = R\"text(@text@)text\";
}  // namespace impasto
" @ONLY)
    target_sources(${target} PRIVATE ${source})
  endforeach()
endfunction()

function(impasto_program folder)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/main.cpp$")
  add_library(impasto_${folder} STATIC ${sources})
  impasto_flags(impasto_${folder})
  target_include_directories(impasto_${folder} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(impasto_${folder} PUBLIC impasto_nets)
  add_executable(impasto ${CMAKE_SOURCE_DIR}/${folder}/main.cpp)
  impasto_flags(impasto)
  target_link_libraries(impasto PRIVATE impasto_${folder})
  file(RELATIVE_PATH to_libraries ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})
  set_target_properties(impasto PROPERTIES INSTALL_RPATH "$ORIGIN/${to_libraries}")
endfunction()
