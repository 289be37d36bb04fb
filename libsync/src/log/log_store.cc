#include "tram/log/log_store.h"

namespace tram {

bool LogChange::Empty() const {
  return feeds.empty() && entries.empty() && leaves_gone.empty() && leaves.empty() &&
         checkpoints.empty() && keys.empty() && rejected.empty() && staged.empty() &&
         staged_gone.empty() && settings.empty();
}

}  // namespace tram
