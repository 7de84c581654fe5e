#include "base/thread.h"

#include <pthread.h>

namespace daybook {
void set_thread_name(const char* name) { pthread_setname_np(pthread_self(), name); }
}  // namespace daybook
