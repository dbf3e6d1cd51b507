// The page of `impasto evaluate`, opened in a browser where there is one.
#include "tools/evaluate_report.h"

#include <doctest/doctest.h>

#include "tests/tools/browser.h"
#include "tests/tools/exhibition.h"

using namespace impasto;
using namespace impasto::studio;

namespace {

// What a visitor does, and what the page then shows.
const char* const visit = R"js(
const order = () => [...document.querySelectorAll('#means tbody tr')].map(row => row.dataset.label).join('');
const shownMaps = () => [...document.querySelectorAll('#maps img')].map(image => image.src);
found.rows = document.querySelectorAll('#means tbody tr').length;
found.columns = document.querySelectorAll('#means thead button').length;
found.label = document.querySelectorAll('#means tbody th')[1].textContent;
found.orders = [order()];
const ssim = [...document.querySelectorAll('#means thead button')].find(button => button.textContent.startsWith('SSIM'));
for (let k = 0; k < 2; k++) {
  ssim.click();
  found.orders.push(order() + ' ' + ssim.parentElement.getAttribute('aria-sort'));
}
found.plots = [...document.querySelectorAll('#plots svg')].map(svg => [svg.querySelectorAll('.point').length, svg.querySelectorAll('.mean').length]);
const slider = document.getElementById('divide'), after = document.getElementById('after');
const clip = () => getComputedStyle(after).clipPath;
found.clips = [clip()];
slider.value = 80;
slider.dispatchEvent(new Event('input'));
found.clips.push(clip());
found.said = slider.getAttribute('aria-valuetext');
slider.focus();
found.focused = document.activeElement === slider;
const first = [document.getElementById('before').src, after.src];
found.maps = shownMaps().length;
document.querySelectorAll('#labels input')[1].click();
found.other_result = document.getElementById('before').src === first[0] && after.src !== first[1];
document.getElementById('next').click();
found.next_photo = document.getElementById('before').src !== first[0] && document.getElementById('photo').selectedIndex === 1;
found.figures = document.querySelectorAll('#figures tbody tr').length;
document.getElementById('previous').click();
document.querySelectorAll('#labels input')[0].click();
const images = [...document.images];
await Promise.all(images.map(image => image.decode().catch(() => {})));
found.widths = images.map(image => image.naturalWidth);
found.alts = images.every(image => image.alt.length > 5);
found.missing = document.querySelectorAll('#missing li').length;
found.fetched = performance.getEntriesByType('resource').map(entry => entry.name).filter(name => !name.startsWith('data:'));
found.outside = images.filter(image => !image.src.startsWith('data:image/jpeg;base64,')).length;
found.wide = document.documentElement.scrollWidth > innerWidth;
)js";

}  // namespace

TEST_CASE("the page names nothing outside itself, and what it is given does not end its script") {
  const Exhibition e;
  REQUIRE(e.run("photos same 'changed=</script><b>x' --painting painting.png -o out", " 2>/dev/null").code == 0);
  const std::string page = e.bytes("out/report.html");
  CHECK(page.find("{{") == std::string::npos);
  CHECK(page.find("</script><b>") == std::string::npos);
  size_t scripts = 0, addresses = 0;
  for (size_t at = 0; (at = page.find("</script>", at)) != std::string::npos; at++) scripts++;
  CHECK(scripts == 2);
  for (size_t at = 0; (at = page.find("://", at)) != std::string::npos; at++, addresses++)
    CHECK(page.substr(at - 4, 33) == "http://www.w3.org/2000/svg', name");
  CHECK(addresses == 1);
  for (const char* word : {" src=\"", " href=", "url(", "@import", "fetch("}) CHECK(page.find(word) == std::string::npos);
}

TEST_CASE("in a browser the page has its rows, sorts them, and its slider divides photo and result") {
  if (browser().empty()) {
    MESSAGE("skipped: there is no Chromium to open the report in");
    return;
  }
  const Exhibition e;
  REQUIRE(e.run("photos same 'changed=<b>x & y' --painting painting.png --depth-net hourglass --depth-net second.h5 -o out", " 2>/dev/null")
              .code == 0);
  const auto found = visited(e, e.bytes("out/report.html"), visit, "360,800");
  CAPTURE(found.dump(1));
  const auto means = e.json("out/results.json")["labels"];
  CHECK(found["rows"] == 2);
  CHECK(found["columns"] == 11);
  CHECK(found["label"] == "<b>x & y");
  // Copies have the greatest SSIM.
  CHECK(found["orders"] == nlohmann::json{"01", "10 ascending", "01 descending"});
  CHECK(found["plots"] == nlohmann::json{{4, 2}, {4, 2}});
  CHECK(found["clips"] == nlohmann::json{"inset(0px 0px 0px 50%)", "inset(0px 0px 0px 80%)"});
  CHECK(found["said"] == "80 % photo");
  CHECK(found["focused"] == true);
  CHECK(found["maps"] == 8);
  CHECK(found["other_result"] == true);
  CHECK(found["next_photo"] == true);
  CHECK(found["figures"] == 2);
  // The two pictures, and depth twice, edges and saliency of each.
  CHECK(found["widths"] == nlohmann::json(std::vector<int>(10, 64)));
  CHECK(found["alts"] == true);
  CHECK(found["missing"] == 1);
  CHECK(found["fetched"] == nlohmann::json::array());
  CHECK(found["outside"] == 0);
  CHECK(found["wide"] == false);
  CHECK(found["problems"] == nlohmann::json::array());
}
