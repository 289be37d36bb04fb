#include "tram/model/feed.h"

namespace tram {

std::string RefusalText(RefusalReason reason) {
  switch (reason) {
    case RefusalReason::kGap:
      return "what comes before it is not here yet";
    case RefusalReason::kUnresolved:
      return "it refers to something that is not here yet";
    case RefusalReason::kBadHash:
      return "its content does not fit its hash: it was damaged or changed on the way";
    case RefusalReason::kBadSignature:
      return "its signature is wrong: it was damaged or changed on the way";
    case RefusalReason::kUnknownDevice:
      return "the device that wrote it does not belong to this unit";
    case RefusalReason::kNotPermitted:
      return "its writer may not write this";
    case RefusalReason::kLimit:
      return "it is larger than what is taken here";
  }
  return "for an unknown reason";
}

}  // namespace tram
