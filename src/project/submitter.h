// Submitter: a command from inside the program through the sequencer, as a client's goes; returns
// when it is durable and visible.
//
// Threads: any, several at once. It holds nothing but the sequencer; each call brings its own
// submission and waits for it. Never from the sequencer's own thread.
#pragma once

#include <daybook/arena.h>
#include <daybook/result.h>

#include "domain/any_domain.h"
#include "sequencer/sequencer.h"
#include "sequencer/submission.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

namespace daybook::project {

class Submitter {
 public:
  explicit Submitter(Sequencer& sequencer) : sequencer_(sequencer) {}

  // `line`: the `data` of an NDJSON line, JSON. `idempotency_key`: makes a repetition give the
  // first outcome again; empty: none. A full queue is waited for. An outcome that is returned was
  // accepted. Errors: as the domain refused it; Errc::unavailable when the server stops or its log
  // failed.
  Result<Outcome> submit(AnyDomain& domain, std::string_view line,
                         std::string_view idempotency_key) const;

  // The same without JSON, for who knows the domain's Command. `make` is called once, before
  // anything is handed over; `bytes`: about what the command weighs, for the queue's limit.
  using Make = std::function<Result<ErasedCommand>(Arena&)>;
  Result<Outcome> submit(AnyDomain& domain, const Make& make, std::size_t bytes) const;

 private:
  Result<Outcome> run(Submission& submission) const;

  Sequencer& sequencer_;
};

}  // namespace daybook::project
