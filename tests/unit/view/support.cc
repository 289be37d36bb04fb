// This program is linked with its part only, not with the whole of tests/support.
#include "tests/support/op_builder.cc"
#include "tests/support/small_programme.cc"
