// A page opened in Chromium, without a window, where there is one: what a script that is put behind it finds there.
#pragma once
#include <nlohmann/json.hpp>
#include <string>

#include "tests/tools/shell.h"
#include "tools/page.h"

namespace impasto::studio {

/// "" where there is none.
inline std::string browser() {
  const Answer answer = shell("command -v chromium || command -v chromium-browser || command -v google-chrome");
  return answer.said.substr(0, answer.said.find('\n'));
}

/// `visit` is the body of an async function with an object `found`, which comes back as JSON; found.problems lists what went wrong on the
/// page: errors, and what its content security policy forbade.
inline nlohmann::json visited(const Folder& folder, std::string page, const std::string& visit, const std::string& window) {
  const std::string watch =
      "<script>const problems = []; addEventListener('error', e => problems.push(String(e.message)), true);"
      "addEventListener('unhandledrejection', e => problems.push(String(e.reason)));"
      "addEventListener('securitypolicyviolation', e => problems.push(e.violatedDirective));</script>";
  const std::string script = "<script>(async () => { const found = {problems};\n" + visit + R"js(
return found; })().catch(error => ({problems: [String(error)]})).then(found => {
  const end = document.createElement('pre');
  end.textContent = 'FOUND' + btoa(unescape(encodeURIComponent(JSON.stringify(found)))) + 'END';
  document.body.append(end);
});</script>)js";
  page.replace(page.find("<title>"), 0, watch);
  page.replace(page.rfind("</body>"), 0, script);
  std::ofstream(folder.path + "/visit.html") << page;
  const std::string command = "cd '" + folder.path + "' && timeout 100 '" + browser() +
                              "' --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir=profile --window-size=" + window +
                              " --virtual-time-budget=60000 --dump-dom 'file://" + folder.path + "/visit.html' 2>browser.log";
  // Virtual time can run out while a picture is decoded, which takes real time: about one visit in ten ends before its script does.
  std::string said;
  for (int attempt = 0; attempt < 4 && said.find("END</pre>") == std::string::npos; attempt++) said = shell(command).said;
  const size_t begin = said.find("FOUND", said.rfind("<pre>")), end = said.find("END</pre>", begin);
  CAPTURE(folder.bytes("browser.log"));
  REQUIRE(begin != std::string::npos);
  REQUIRE(end != std::string::npos);
  return nlohmann::json::parse(from_base64(said.substr(begin + 5, end - begin - 5)).value());
}

}  // namespace impasto::studio
