// What the tests of the server's pages share: the server of server_fixture.h, served through Front
// by a real owner's thread, and accounts of every role.
#pragma once

#include "app/owner.h"
#include "tests/unit/central_server/server_fixture.h"
#include "web/front.h"

namespace tram::server {

inline constexpr char kTestPassword[] = "một mật khẩu đủ dài";
inline constexpr char kTestHost[] = "127.0.0.1:8080";

class PagesTest : public ServerTest {
 protected:
  /// From here on the owner's thread has the state: use OnOwner. Again: as after a restart.
  void Serve(Front::Options options = {{kTestHost}, false});
  void TearDown() override;
  void OnOwner(const Owner::Work& work);
  /// The audit trail, a line each: "WHO: WHAT".
  std::string Trail();

  /// An account that may sign in, with kTestPassword (hashed cheaply). Before or after Serve.
  Account AddAccount(const std::string& name, Role role, std::vector<std::string> provinces = {},
                     std::optional<UnitNumber> unit = std::nullopt);
  /// From here on requests come from `account`, signed in; nothing: from nobody.
  void Become(const std::optional<Account>& account);
  /// From here on requests bear a new token of `account` and no cookie; earlier ones of it are
  /// revoked. `scopes` may be more than its role has now. Gives the token.
  std::string AsToken(const Account& account, const std::set<Right>& scopes);

  HttpResponse Get(const std::string& target);
  /// A form of one of our pages, with the token of whoever is signed in.
  HttpResponse Post(const std::string& path, HttpFields fields);
  /// A form that carries a file under the name "file".
  HttpResponse PostFile(const std::string& path, const std::string& name,
                        const std::string& content);
  /// What a browser shows after a POST: follows redirections.
  HttpResponse Follow(HttpResponse response);
  HttpResponse Send(HttpRequest request);

  std::unique_ptr<OwnerThread> owner_;
  std::unique_ptr<Front> front_;
  std::string cookie_, csrf_;  // of whoever is signed in
  std::string token_;          // sent with each request; "": none
};

}  // namespace tram::server
