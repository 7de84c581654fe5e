#include "outbound/smtp_client.h"

#include <daybook/check.h>

#include <curl/curl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <mutex>

namespace daybook::outbound {
namespace {

constexpr std::int64_t ms_per_s = 1000;
constexpr int refusal_min = 400, refusal_max = 599;

// libcurl wants this once, before the first handle; a further call only counts.
void start_curl() {
  static std::once_flag once;
  std::call_once(once, [] { DAYBOOK_CHECK(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK); });
}

// What a line of its own would be made of.
bool is_plain(std::string_view address) {
  return !address.empty() && std::ranges::none_of(address, [](unsigned char c) {
    return c <= ' ' || c >= 0x7F || c == '<' || c == '>';
  });
}

class Recipients {
 public:
  explicit Recipients(const std::vector<std::string>& addresses) {
    for (const std::string& address : addresses) {
      DAYBOOK_CHECK(is_plain(address));
      curl_slist* longer = curl_slist_append(list_, address.c_str());
      DAYBOOK_CHECK(longer != nullptr);
      list_ = longer;
    }
  }
  ~Recipients() { curl_slist_free_all(list_); }
  Recipients(const Recipients&) = delete;
  Recipients& operator=(const Recipients&) = delete;
  [[nodiscard]] curl_slist* get() const { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

std::string_view step_words(SmtpStep step) {
  switch (step) {
    case SmtpStep::connect:
      return "the connection";
    case SmtpStep::tls:
      return "TLS";
    case SmtpStep::auth:
      return "the user and password";
    case SmtpStep::sender:
      return "the sender";
    case SmtpStep::recipient:
      return "the recipient";
    case SmtpStep::data:
      return "the mail";
  }
  return {};
}

bool is_about_trust(CURLcode code) {
  return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
         code == CURLE_SSL_ISSUER_ERROR || code == CURLE_USE_SSL_FAILED;
}

}  // namespace

struct SmtpClient::Impl {
  explicit Impl(SmtpOptions options_in) : options(std::move(options_in)) {
    start_curl();
    handle = curl_easy_init();
    DAYBOOK_CHECK(handle != nullptr);
  }
  ~Impl();
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  template <class T>
  void set(CURLoption option, T value) {
    DAYBOOK_CHECK(curl_easy_setopt(handle, option, value) == CURLE_OK);
  }
  void configure(const SmtpMail& mail, curl_slist* recipients);
  [[nodiscard]] SmtpAnswer answer(CURLcode code) const;
  static std::size_t give_data(char* into, std::size_t size, std::size_t count, void* self);
  static int on_trace(CURL*, curl_infotype kind, char* text, std::size_t size, void* self);
  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);

  const SmtpOptions options;
  CURL* handle = nullptr;
  // Of the mail under way:
  std::string_view rest;  // of the data, not yet handed over
  SmtpStep step = SmtpStep::connect;
  const std::function<bool()>* interrupted = nullptr;
};

// The server is told QUIT; its answer, which libcurl would wait for up to two minutes, is not read.
SmtpClient::Impl::~Impl() {
  curl_socket_t open = CURL_SOCKET_BAD;
  curl_easy_getinfo(handle, CURLINFO_ACTIVESOCKET, &open);
  if (open != CURL_SOCKET_BAD) ::shutdown(open, SHUT_RD);
  curl_easy_cleanup(handle);
}

std::size_t SmtpClient::Impl::give_data(char* into, std::size_t size, std::size_t count,
                                        void* self) {
  Impl& impl = *static_cast<Impl*>(self);
  const std::size_t bytes = std::min(size * count, impl.rest.size());
  if (bytes > 0) std::memcpy(into, impl.rest.data(), bytes);
  impl.rest.remove_prefix(bytes);
  return bytes;
}

// libcurl gives one code for several refusals; which it was is told by the last command. Only its
// first word is looked at: the rest are addresses and passwords.
int SmtpClient::Impl::on_trace(CURL*, curl_infotype kind, char* text, std::size_t size,
                               void* self) {
  if (kind != CURLINFO_HEADER_OUT) return 0;
  Impl& impl = *static_cast<Impl*>(self);
  const std::string_view command(text, size);
  if (command.starts_with("STARTTLS")) impl.step = SmtpStep::tls;
  if (command.starts_with("EHLO") && impl.step == SmtpStep::tls) impl.step = SmtpStep::connect;
  if (command.starts_with("AUTH ")) impl.step = SmtpStep::auth;
  if (command.starts_with("MAIL ")) impl.step = SmtpStep::sender;
  if (command.starts_with("RCPT ")) impl.step = SmtpStep::recipient;
  if (command.starts_with("DATA")) impl.step = SmtpStep::data;
  return 0;
}

int SmtpClient::Impl::on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const Impl& impl = *static_cast<Impl*>(self);
  return impl.interrupted != nullptr && *impl.interrupted && (*impl.interrupted)() ? 1 : 0;
}

void SmtpClient::Impl::configure(const SmtpMail& mail, curl_slist* recipients) {
  curl_easy_reset(handle);  // keeps the connection
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  set(CURLOPT_PROXY, "");  // neither of the environment
  set(CURLOPT_MAXCONNECTS, 1L);
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout_ms));
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout_ms));
  // Also of the QUIT after a refusal, which the other two do not bound.
  set(CURLOPT_SERVER_RESPONSE_TIMEOUT,
      static_cast<long>((options.timeout_ms + ms_per_s - 1) / ms_per_s));
  set(CURLOPT_URL, options.server.c_str());
  const bool with_tls = options.tls == SmtpTls::required;
  set(CURLOPT_USE_SSL, static_cast<long>(with_tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  if (!options.ca_file.empty()) set(CURLOPT_CAINFO, options.ca_file.c_str());
  if (!options.user.empty()) {
    set(CURLOPT_USERNAME, options.user.c_str());
    set(CURLOPT_PASSWORD, options.password.c_str());
  }
  set(CURLOPT_MAIL_FROM, mail.from.c_str());
  set(CURLOPT_MAIL_RCPT, recipients);
  set(CURLOPT_UPLOAD, 1L);
  set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(mail.data.size()));
  set(CURLOPT_READFUNCTION, &Impl::give_data);
  set(CURLOPT_READDATA, static_cast<void*>(this));
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, &Impl::on_progress);
  set(CURLOPT_XFERINFODATA, static_cast<void*>(this));
  set(CURLOPT_VERBOSE, 1L);
  set(CURLOPT_DEBUGFUNCTION, &Impl::on_trace);
  set(CURLOPT_DEBUGDATA, static_cast<void*>(this));
}

SmtpAnswer SmtpClient::Impl::answer(CURLcode code) const {
  SmtpAnswer answer;
  if (code == CURLE_OK) {
    answer.ok = true;
    return answer;
  }
  answer.step = step;
  if (code == CURLE_ABORTED_BY_CALLBACK) {
    answer.interrupted = true;
    answer.failure = "interrupted";
    return answer;
  }
  // The last code heard. A good one is of the step before: the answer to this one never came.
  long heard = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &heard);
  if (heard >= refusal_min && heard <= refusal_max) {
    answer.code = static_cast<int>(heard);
    answer.failure = "the server refused " + std::string(step_words(step)) + " with " +
                     std::to_string(answer.code);
    return answer;
  }
  if (is_about_trust(code)) answer.step = SmtpStep::tls;
  if (code == CURLE_LOGIN_DENIED) answer.step = SmtpStep::auth;
  answer.needs_person = is_about_trust(code) || code == CURLE_LOGIN_DENIED;
  answer.failure = code == CURLE_USE_SSL_FAILED ? "the server offers no TLS"
                   : code == CURLE_LOGIN_DENIED ? "the server offers no authentication we know"
                                                : curl_easy_strerror(code);
  return answer;
}

SmtpClient::SmtpClient(SmtpOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
SmtpClient::~SmtpClient() = default;

SmtpAnswer SmtpClient::send(const SmtpMail& mail, const std::function<bool()>& interrupted) {
  DAYBOOK_CHECK(!mail.data.empty() && !mail.to.empty() && is_plain(mail.from));
  const Recipients recipients(mail.to);
  impl_->rest = mail.data;
  impl_->step = SmtpStep::connect;
  impl_->interrupted = &interrupted;
  impl_->configure(mail, recipients.get());
  const CURLcode code = curl_easy_perform(impl_->handle);
  impl_->interrupted = nullptr;
  return impl_->answer(code);
}

}  // namespace daybook::outbound
