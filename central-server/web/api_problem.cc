#include "web/api_problem.h"

#include <algorithm>

namespace tram::server {

std::span<const ProblemKind> ProblemKinds() {
  static const std::vector<ProblemKind> kinds{
      {Problem::kInvalid,
       "invalid",
       400,
       {"Yêu cầu chưa đúng", "The request is not right"},
       {"Sửa tham số được nêu trong detail.", "Mend the parameter that detail names."}},
      {Problem::kNoToken,
       "no-token",
       401,
       {"Thiếu khoá truy cập", "No access token"},
       {"Gửi kèm tiêu đề Authorization: Bearer KHOÁ.",
        "Send the header Authorization: Bearer TOKEN."}},
      {Problem::kBadToken,
       "bad-token",
       401,
       {"Khoá truy cập không dùng được", "The access token does not serve"},
       {"Tạo khoá mới ở trang Khoá truy cập.", "Make another one on the page Access tokens."}},
      {Problem::kNotPermitted,
       "not-permitted",
       403,
       {"Không được phép", "Not permitted"},
       {"Dùng khoá có phạm vi cần thiết, hoặc hỏi về nơi mà tài khoản phụ trách.",
        "Use a token with the scope that is needed, or ask about the account's places."}},
      {Problem::kNotFound,
       "not-found",
       404,
       {"Không tìm thấy", "Not found"},
       {"Xem lại địa chỉ: /api/v1 liệt kê những gì có.",
        "Look at the address again: /api/v1 lists what there is."}},
      {Problem::kMethod,
       "method",
       405,
       {"Chỉ đọc được", "Only reading is possible"},
       {"Dùng GET hoặc HEAD.", "Use GET or HEAD."}},
      {Problem::kTooMany,
       "too-many",
       429,
       {"Hỏi quá dày", "Too many requests"},
       {"Đợi số giây ghi trong Retry-After rồi hỏi lại.",
        "Wait as many seconds as Retry-After says, then ask again."}},
      {Problem::kFailed,
       "failed",
       500,
       {"Máy chủ gặp lỗi", "The server failed"},
       {"Hỏi lại sau ít phút; nếu vẫn lỗi, báo người quản trị máy chủ.",
        "Ask again in some minutes; where it stays, tell whoever runs the server."}},
      {Problem::kLater,
       "later",
       503,
       {"Máy chủ đang bận", "The server is busy"},
       {"Hỏi lại sau ít phút.", "Ask again in some minutes."}},
  };
  return kinds;
}

HttpResponse ProblemResponse(Problem problem, const std::string& detail, Language in) {
  const std::span<const ProblemKind> kinds = ProblemKinds();
  const ProblemKind& kind =
      *std::find_if(kinds.begin(), kinds.end(),
                    [problem](const ProblemKind& one) { return one.problem == problem; });
  const Json json{{"type", std::string("/api#") + kind.name},
                  {"title", kind.title.In(in)},
                  {"status", kind.status},
                  {"detail", detail.empty() ? kind.to_do.In(in) : detail}};
  HttpResponse response;
  response.status = kind.status;
  response.content_type = "application/problem+json";
  response.body = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (problem == Problem::kNoToken) {
    response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"Tram\"");
  } else if (problem == Problem::kBadToken) {
    response.headers.emplace_back("WWW-Authenticate",
                                  "Bearer realm=\"Tram\", error=\"invalid_token\"");
  } else if (problem == Problem::kNotPermitted) {
    response.headers.emplace_back("WWW-Authenticate",
                                  "Bearer realm=\"Tram\", error=\"insufficient_scope\"");
  } else if (problem == Problem::kMethod) {
    response.headers.emplace_back("Allow", "GET, HEAD");
  }
  return response;
}

HttpResponse ProblemOf(const Error& error, Language in) {
  switch (error.code) {
    case ErrorCode::kNotFound:
      return ProblemResponse(Problem::kNotFound, error.message, in);
    case ErrorCode::kInvalid:
    case ErrorCode::kExists:
      return ProblemResponse(Problem::kInvalid, error.message, in);
    case ErrorCode::kDenied:
      return ProblemResponse(Problem::kNotPermitted, error.message, in);
    case ErrorCode::kOverloaded:
      return ProblemResponse(Problem::kLater, error.message, in);
    default:
      return ProblemResponse(Problem::kFailed, error.message, in);
  }
}

}  // namespace tram::server
