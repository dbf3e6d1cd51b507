// dnnl.hpp whose calls go to a library that is opened when the first of them is made: most style networks need none of it, and its 40 MB
// take longer to load and relocate than a small picture to paint.
// The list has what onednn.cpp uses of oneDNN 2.6 and 3.x. A function that is missing here shows when a program is linked, as undefined.
#pragma once
#include <dnnl.h>

namespace impasto {

/// Throws Error if there is no oneDNN, or none of the version that this was compiled for.
void* onednn_function(const char* name);

}  // namespace impasto

// A name does not expand inside its own expansion, so the last one is the declaration in dnnl.h.
#define IMPASTO_ONEDNN(function)                                                                               \
  ([] {                                                                                                        \
    static const auto found = reinterpret_cast<decltype(&function)>(::impasto::onednn_function(#function));    \
    return found;                                                                                              \
  }())

#define dnnl_convolution_backward_data_primitive_desc_create IMPASTO_ONEDNN(dnnl_convolution_backward_data_primitive_desc_create)
#define dnnl_convolution_backward_weights_primitive_desc_create IMPASTO_ONEDNN(dnnl_convolution_backward_weights_primitive_desc_create)
#define dnnl_convolution_forward_primitive_desc_create IMPASTO_ONEDNN(dnnl_convolution_forward_primitive_desc_create)
#define dnnl_dilated_convolution_backward_data_desc_init IMPASTO_ONEDNN(dnnl_dilated_convolution_backward_data_desc_init)
#define dnnl_dilated_convolution_backward_weights_desc_init IMPASTO_ONEDNN(dnnl_dilated_convolution_backward_weights_desc_init)
#define dnnl_dilated_convolution_forward_desc_init IMPASTO_ONEDNN(dnnl_dilated_convolution_forward_desc_init)
#define dnnl_engine_create IMPASTO_ONEDNN(dnnl_engine_create)
#define dnnl_engine_destroy IMPASTO_ONEDNN(dnnl_engine_destroy)
#define dnnl_memory_create IMPASTO_ONEDNN(dnnl_memory_create)
#define dnnl_memory_create_v2 IMPASTO_ONEDNN(dnnl_memory_create_v2)
#define dnnl_memory_desc_clone IMPASTO_ONEDNN(dnnl_memory_desc_clone)
#define dnnl_memory_desc_create_with_tag IMPASTO_ONEDNN(dnnl_memory_desc_create_with_tag)
#define dnnl_memory_desc_destroy IMPASTO_ONEDNN(dnnl_memory_desc_destroy)
#define dnnl_memory_desc_equal IMPASTO_ONEDNN(dnnl_memory_desc_equal)
#define dnnl_memory_desc_get_size IMPASTO_ONEDNN(dnnl_memory_desc_get_size)
#define dnnl_memory_desc_get_size_v2 IMPASTO_ONEDNN(dnnl_memory_desc_get_size_v2)
#define dnnl_memory_desc_init_by_tag IMPASTO_ONEDNN(dnnl_memory_desc_init_by_tag)
#define dnnl_memory_desc_query IMPASTO_ONEDNN(dnnl_memory_desc_query)
#define dnnl_memory_destroy IMPASTO_ONEDNN(dnnl_memory_destroy)
#define dnnl_memory_get_engine IMPASTO_ONEDNN(dnnl_memory_get_engine)
#define dnnl_memory_get_memory_desc IMPASTO_ONEDNN(dnnl_memory_get_memory_desc)
#define dnnl_post_ops_append_eltwise IMPASTO_ONEDNN(dnnl_post_ops_append_eltwise)
#define dnnl_post_ops_append_sum IMPASTO_ONEDNN(dnnl_post_ops_append_sum)
#define dnnl_post_ops_append_sum_v2 IMPASTO_ONEDNN(dnnl_post_ops_append_sum_v2)
#define dnnl_post_ops_create IMPASTO_ONEDNN(dnnl_post_ops_create)
#define dnnl_post_ops_destroy IMPASTO_ONEDNN(dnnl_post_ops_destroy)
#define dnnl_primitive_attr_create IMPASTO_ONEDNN(dnnl_primitive_attr_create)
#define dnnl_primitive_attr_destroy IMPASTO_ONEDNN(dnnl_primitive_attr_destroy)
#define dnnl_primitive_attr_set_post_ops IMPASTO_ONEDNN(dnnl_primitive_attr_set_post_ops)
#define dnnl_primitive_attr_set_scratchpad_mode IMPASTO_ONEDNN(dnnl_primitive_attr_set_scratchpad_mode)
#define dnnl_primitive_create IMPASTO_ONEDNN(dnnl_primitive_create)
#define dnnl_primitive_desc_destroy IMPASTO_ONEDNN(dnnl_primitive_desc_destroy)
#define dnnl_primitive_desc_iterator_create IMPASTO_ONEDNN(dnnl_primitive_desc_iterator_create)
#define dnnl_primitive_desc_iterator_destroy IMPASTO_ONEDNN(dnnl_primitive_desc_iterator_destroy)
#define dnnl_primitive_desc_iterator_fetch IMPASTO_ONEDNN(dnnl_primitive_desc_iterator_fetch)
#define dnnl_primitive_desc_query IMPASTO_ONEDNN(dnnl_primitive_desc_query)
#define dnnl_primitive_desc_query_md IMPASTO_ONEDNN(dnnl_primitive_desc_query_md)
#define dnnl_primitive_destroy IMPASTO_ONEDNN(dnnl_primitive_destroy)
#define dnnl_primitive_execute IMPASTO_ONEDNN(dnnl_primitive_execute)
#define dnnl_reorder_primitive_desc_create IMPASTO_ONEDNN(dnnl_reorder_primitive_desc_create)
#define dnnl_stream_create IMPASTO_ONEDNN(dnnl_stream_create)
#define dnnl_stream_destroy IMPASTO_ONEDNN(dnnl_stream_destroy)
#define dnnl_stream_wait IMPASTO_ONEDNN(dnnl_stream_wait)
#define dnnl_version IMPASTO_ONEDNN(dnnl_version)

#include <dnnl.hpp>
