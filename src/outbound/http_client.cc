#include "outbound/http_client.h"

#include "outbound/addresses.h"

#include <daybook/check.h>

#include <curl/curl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <ctime>
#include <mutex>

namespace daybook::outbound {
namespace {

constexpr long keep_alive_connections_max = 8;
constexpr std::int64_t ms_per_s = 1000;

// libcurl wants this once, before the first handle.
void start_curl() {
  static std::once_flag once;
  std::call_once(once, [] { DAYBOOK_CHECK(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK); });
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// RFC 9110 10.2.3: seconds, or a date.
std::int64_t parse_retry_after(std::string_view text) {
  if (text.empty()) return 0;
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  constexpr std::int64_t seconds_max = 366LL * 86'400;
  if (error == std::errc{} && end == text.data() + text.size())
    return std::clamp<std::int64_t>(seconds, 0, seconds_max) * ms_per_s;
  const std::time_t at = curl_getdate(std::string(text).c_str(), nullptr);
  if (at < 0) return 0;
  return std::clamp<std::int64_t>(at - std::time(nullptr), 0, seconds_max) * ms_per_s;
}

// The list of headers that libcurl reads during a transfer.
class HeaderList {
 public:
  HeaderList() = default;
  ~HeaderList() { curl_slist_free_all(list_); }
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;
  void add(const std::string& line) {
    curl_slist* longer = curl_slist_append(list_, line.c_str());
    DAYBOOK_CHECK(longer != nullptr);
    list_ = longer;
  }
  [[nodiscard]] curl_slist* get() const { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

}  // namespace

struct HttpClient::Impl {
  explicit Impl(HttpOptions options_in) : options(std::move(options_in)) {
    start_curl();
    handle = curl_easy_init();
    DAYBOOK_CHECK(handle != nullptr);
  }
  ~Impl() { curl_easy_cleanup(handle); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  template <class T>
  void set(CURLoption option, T value) {
    DAYBOOK_CHECK(curl_easy_setopt(handle, option, value) == CURLE_OK);
  }
  void configure(const HttpRequest& request, curl_slist* headers);
  static curl_socket_t open_socket(void* self, curlsocktype, curl_sockaddr* address);
  static std::size_t take_body(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t take_header(char* data, std::size_t size, std::size_t count, void* self);
  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);

  HttpOptions options;
  CURL* handle = nullptr;
  HttpAnswer answer;           // of the transfer under way
  bool tried_address = false;  // one that is allowed; a name may have both kinds
};

// Where a socket is made the name is resolved: what a name says may change between a look and a
// use.
curl_socket_t HttpClient::Impl::open_socket(void* self, curlsocktype, curl_sockaddr* address) {
  Impl& impl = *static_cast<Impl*>(self);
  if (!impl.options.allow_private && is_private(address->addr)) {
    impl.answer.refused_address = true;
    return CURL_SOCKET_BAD;
  }
  impl.tried_address = true;
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::size_t HttpClient::Impl::take_body(char* data, std::size_t size, std::size_t count,
                                        void* self) {
  Impl& impl = *static_cast<Impl*>(self);
  const std::size_t bytes = size * count;
  const std::size_t room = impl.options.answer_bytes_max - impl.answer.body.size();
  impl.answer.body.append(data, std::min(bytes, room));
  return bytes <= room ? bytes : 0;  // 0 ends the transfer: CURLE_WRITE_ERROR
}

std::size_t HttpClient::Impl::take_header(char* data, std::size_t size, std::size_t count,
                                          void* self) {
  Impl& impl = *static_cast<Impl*>(self);
  const std::size_t bytes = size * count;
  const std::string_view line = trimmed({data, bytes});
  if (line.starts_with("HTTP/")) impl.answer.headers.clear();  // after a 100 Continue
  const auto colon = line.find(':');
  constexpr std::size_t headers_max = 100;
  if (colon != std::string_view::npos && impl.answer.headers.size() < headers_max)
    impl.answer.headers.emplace_back(lower(line.substr(0, colon)),
                                     std::string(trimmed(line.substr(colon + 1))));
  return bytes;
}

int HttpClient::Impl::on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const Impl& impl = *static_cast<Impl*>(self);
  return impl.options.interrupted && impl.options.interrupted() ? 1 : 0;
}

void HttpClient::Impl::configure(const HttpRequest& request, curl_slist* headers) {
  curl_easy_reset(handle);  // keeps the connections
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_PROXY, "");  // neither of the environment
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_MAXCONNECTS, keep_alive_connections_max);
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout_ms));
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout_ms));
  set(CURLOPT_OPENSOCKETFUNCTION, &Impl::open_socket);
  set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
  set(CURLOPT_WRITEFUNCTION, &Impl::take_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(this));
  set(CURLOPT_HEADERFUNCTION, &Impl::take_header);
  set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, &Impl::on_progress);
  set(CURLOPT_XFERINFODATA, static_cast<void*>(this));
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  if (!options.ca_file.empty()) set(CURLOPT_CAINFO, options.ca_file.c_str());
  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_HTTPHEADER, headers);
  if (request.method == "GET") {
    set(CURLOPT_HTTPGET, 1L);
    return;
  }
  set(CURLOPT_POST, 1L);
  set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  set(CURLOPT_POSTFIELDS, request.body.data() == nullptr ? "" : request.body.data());
  set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
}

std::string_view HttpAnswer::header(std::string_view lower_case_name) const {
  for (const auto& [name, value] : headers)
    if (name == lower_case_name) return value;
  return {};
}

HttpClient::HttpClient(HttpOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
HttpClient::~HttpClient() = default;

void HttpClient::set_interrupted(std::function<bool()> interrupted) {
  impl_->options.interrupted = std::move(interrupted);
}

HttpAnswer HttpClient::send(const HttpRequest& request) {
  impl_->answer = {};
  impl_->tried_address = false;
  HeaderList headers;
  headers.add("Expect:");  // no 100 Continue
  for (const std::string& line : request.headers) headers.add(line);
  impl_->configure(request, headers.get());
  const CURLcode code = curl_easy_perform(impl_->handle);
  HttpAnswer answer = std::move(impl_->answer);
  long status = 0;
  curl_easy_getinfo(impl_->handle, CURLINFO_RESPONSE_CODE, &status);
  // A body that is too long is cut off; its status counts all the same.
  const bool cut =
      code == CURLE_WRITE_ERROR && answer.body.size() >= impl_->options.answer_bytes_max;
  if (code == CURLE_OK || cut || impl_->tried_address) answer.refused_address = false;
  if (code == CURLE_OK || cut) {
    answer.status = static_cast<int>(status);
    answer.retry_after_ms = parse_retry_after(answer.header("retry-after"));
    return answer;
  }
  answer.status = 0;
  answer.failure = answer.refused_address              ? "the address is private and not allowed"
                   : code == CURLE_ABORTED_BY_CALLBACK ? "interrupted"
                                                       : curl_easy_strerror(code);
  return answer;
}

}  // namespace daybook::outbound
