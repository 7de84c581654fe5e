#include "domains/catalog_entries.h"

#include "domain/adapter.h"
#include "domains/attendance/domain.h"
#include "domains/booking/domain.h"
#include "domains/consumers/domain.h"
#include "domains/forms/domain.h"
#include "domains/hits/domain.h"
#include "domains/projectors/domain.h"
#include "domains/quiz/domain.h"

#include <utility>

namespace daybook {

Catalog make_catalog() {
  return std::move(Catalog{}
                       .add<attendance::Domain>()
                       .add<booking::Domain>()
                       .add<hits::Domain>()
                       .add<forms::Domain>()
                       .add<quiz::Domain>()
                       .add<projectors::Domain>()
                       .add<consumers::Domain>());
}

}  // namespace daybook
