// The page of `impasto study`, opened in a browser where there is one.
#include "tools/study_page.h"

#include <doctest/doctest.h>

#include "engine/random.h"
#include "tests/tools/browser.h"
#include "tests/tools/survey.h"

using namespace impasto;
using namespace impasto::studio;

namespace {

using Found = nlohmann::json;

bool skipped() {
  if (browser().empty()) MESSAGE("skipped: there is no Chromium to open the page in");
  return browser().empty();
}

// What respondents do. Clicks go to what is seen in the middle of a place, so that nothing may lie over it; keys to what has the focus.
const char* const respondent = R"js(
const element_at = id => {
  const box = document.getElementById(id).getBoundingClientRect();
  return document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
};
const click = id => element_at(id).closest('button')?.click();
const press = (key, more = {}) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true, ...more}));
const wait = ms => new Promise(done => setTimeout(done, ms));
const come = async at => { for (let k = 0; k < 200 && !(ready && run.at === at); k++) await wait(10); };
const shown = async at => {
  await come(at);
  for (const each of document.querySelectorAll('#pair img, #pair button:not([hidden])')) {
    const box = each.getBoundingClientRect();
    if (box.left < 0 || box.top < 0 || box.right > innerWidth || box.bottom > innerHeight || !box.width) found.outside.push([at, each.id, box]);
  }
  await wait(300);
};
const saw = () => { found.text += ' ' + document.body.innerText + ' ' + [...document.images].map(image => image.alt).join(' ') + document.title; };
// Virtual time stands still while pictures load, but not while they are decoded.
HTMLImageElement.prototype.decode = function() { return this.complete ? Promise.resolve() : new Promise(done => this.addEventListener('load', done)); };
const downloads = [];
const made = URL.createObjectURL;
URL.createObjectURL = blob => { downloads.push(blob); return made.call(URL, blob); };
HTMLAnchorElement.prototype.click = function() { found.file = this.download; };
found.text = '';
found.outside = [];
const sections = () => [...document.querySelectorAll('section')].filter(section => !section.hidden).map(section => section.id).join();
)js";

// The order of a respondent, by the engine's random numbers.
Found drawn(uint32_t seed, const Found& data) {
  uint64_t position = 0;
  const auto below = [&](uint64_t n) { return size_t(random::bits(seed, position++) * n >> 32); };
  const auto shuffle = [&](auto& list) {
    for (size_t i = list.size(); i-- > 1;) std::swap(list[i], list[below(i + 1)]);
  };
  std::vector<Found> pairs = data["pairs"].get<std::vector<Found>>();
  shuffle(pairs);
  pairs.resize(data["count"].get<size_t>());
  std::map<std::string, std::vector<int>> sides;
  for (const Found& pair : pairs) sides[pair["methods"].dump()].push_back(0);
  for (auto& [methods, turned] : sides) {
    const size_t more = below(2);
    for (size_t k = 0; k < turned.size(); k++) turned[k] = int((k + more) % 2);
    shuffle(turned);
  }
  Found order = Found::array();
  for (const Found& pair : pairs) {
    auto& turned = sides[pair["methods"].dump()];
    order.push_back({{"photo", pair["photo"]}, {"left", pair["methods"][turned.back()]}, {"right", pair["methods"][1 - turned.back()]}});
    turned.pop_back();
  }
  return order;
}

Found without(Found answers, const std::string& field) {
  for (Found& answer : answers) answer.erase(field);
  return answers;
}

Found choices(const Found& answers) {
  Found all = Found::array();
  for (const Found& answer : answers) all.push_back(answer["choice"]);
  return all;
}

}  // namespace

TEST_CASE("a respondent answers by mouse and by keyboard, goes back, and saves what `study results` counts") {
  if (skipped()) return;
  const Survey s;
  REQUIRE(s.run("photos Gatysian=one Adainish=two Thirdly=three --painting painting.png --no-preference -o out", " 2>/dev/null").code == 0);
  const std::string visit = std::string(respondent) + R"js(
saw();
found.start = sections();
found.wide_start = document.documentElement.scrollWidth > innerWidth;
click('begin');
await shown(0);
found.pair = sections();
found.back_disabled = document.getElementById('back').disabled;
saw();
found.captions = [...document.querySelectorAll('figcaption, .choice .caption')].map(each => each.innerText);
found.loaded = [...document.querySelectorAll('#pair img')].map(image => image.naturalWidth > 0);
press('ArrowLeft', {repeat: true});
press('ArrowLeft', {ctrlKey: true});
press('x');
found.still = run.answers.length;
click('left');
await wait(20);
found.pressed = document.getElementById('left').getAttribute('aria-pressed');
click('right');
await come(1);
click('right');  // the second half of a double click
await shown(1);
found.double_click = run.answers.length;
found.focus = document.activeElement.id;
press('ArrowRight');
await shown(2);
found.count = document.getElementById('count').textContent;
found.progress = [document.getElementById('progress').value, document.getElementById('progress').max];
press('Backspace');
await shown(1);
found.earlier = ['left', 'right', 'none'].map(id => document.getElementById(id).getAttribute('aria-pressed'));
press(' ');
await shown(2);
click('none');
await shown(3);
document.getElementById('left').focus();
press(' ');  // Space on a button is a click of its own, which this event does not bring
await wait(200);
found.after_space = run.answers.length;
click('stop');
found.early = [sections(), document.getElementById('said').textContent.slice(0, 31), document.getElementById('next').disabled];
click('again');
await shown(3);
press('ArrowLeft');
await shown(4);
click('right');
for (let k = 0; k < 100 && sections() !== 'end'; k++) await wait(10);
saw();
found.end = [sections(), document.activeElement.id];
click('save');
found.saved = document.getElementById('done').textContent;
found.answers = await downloads[0].text();
found.as_text = document.getElementById('text').value === found.answers;
document.querySelector('details').open = true;
saw();
found.kept = JSON.parse(sessionStorage.getItem(kept.name)).answers.length;
found.next_enabled = !document.getElementById('next').disabled;
document.getElementById('next').click();
await shown(0);
found.second = [run.respondent !== JSON.parse(found.answers).respondent, run.answers.length, sections()];
found.buttons = [...document.querySelectorAll('button')].every(button => button.innerText || button.hidden || button.offsetParent === null);
found.fetched = performance.getEntriesByType('resource').map(entry => entry.name).filter(name => !name.startsWith('data:'));
)js";
  for (const std::string window : {"1280,800", "500,800"}) {  // without a window Chromium is not narrower than 500
    CAPTURE(window);
    Found found = visited(s, s.bytes("out/study.html"), visit, window);
    const std::string text = found.value("text", ""), file = found.value("answers", "");
    found.erase("text");
    CAPTURE(found.dump(1));
    REQUIRE(found["problems"] == Found::array());
    CHECK(found["start"] == "start");
    CHECK(found["pair"] == "pair");
    CHECK(found["wide_start"] == false);
    CHECK(found["back_disabled"] == true);
    CHECK(found["loaded"] == Found{true, true, true, true});
    CHECK(found["outside"] == Found::array());
    CHECK(found["double_click"] == 1);
    CHECK(found["still"] == 0);
    CHECK(found["pressed"] == "true");
    CHECK(found["focus"] == "question");
    CHECK(found["count"] == "3 of 5");
    CHECK(found["progress"] == Found{2, 5});
    CHECK(found["earlier"] == Found{"false", "true", "false"});
    CHECK(found["after_space"] == 3);
    CHECK(found["early"] == Found{"end", "You have answered 3 of 5 pairs.", true});
    CHECK(found["end"] == Found{"end", "thanks"});
    CHECK(found["as_text"] == true);
    CHECK(found["kept"] == 5);
    CHECK(found["next_enabled"] == true);
    CHECK(found["second"] == Found{true, 0, "pair"});
    CHECK(found["buttons"] == true);
    CHECK(found["fetched"] == Found::array());
    const Found answers = Found::parse(file);
    CHECK(found["file"] == "answers-" + answers["respondent"].get<std::string>() + ".json");
    CHECK(found["saved"].get<std::string>().starts_with("Saved as answers-"));
    CHECK(choices(answers["answers"]) == Found{"left", "none", "none", "left", "right"});
    CHECK(without(without(answers["answers"], "choice"), "milliseconds") == drawn(answers["seed"].get<uint32_t>(), s.data()));
    for (const Found& answer : answers["answers"]) CHECK(answer["milliseconds"].get<int>() >= 250);
    CHECK(answers["ended"].get<std::string>() > answers["started"].get<std::string>());
    CHECK(answers["pairs"] == 5);
    for (const char* name : {"Gatysian", "Adainish", "Thirdly", "quay", "orchard", "tower"}) CHECK(text.find(name) == std::string::npos);
    std::ofstream(s.path + "/answers.json") << file;
    const Answer counted = s.run("results answers.json --json -", " 2>/dev/null");
    REQUIRE(counted.code == 0);
    CHECK(Found::parse(counted.said)["answers"] == 5);
    CHECK(Found::parse(counted.said)["left"] == 2);
  }
}

TEST_CASE("a reloaded page goes on where it was, and without a flag nobody has no preference") {
  if (skipped()) return;
  const Survey s;
  REQUIRE(s.run("photos one two -o out --seed 5", " 2>/dev/null").code == 0);
  const Found found = visited(s, s.bytes("out/study.html"), std::string(respondent) + R"js(
found.offered = !document.getElementById('resume').hidden;
click('begin');
await shown(0);
found.seed = run.seed;
press(' ');
await wait(200);
found.undecided = [run.answers.length, document.getElementById('none').offsetParent !== null];
press('ArrowLeft');
await shown(1);
const before = run.respondent;
run = undefined;
start();  // as after a reload
found.offered_then = !document.getElementById('resume').hidden;
click('resume');
await shown(1);
found.resumed = [run.respondent === before, run.answers.length, document.getElementById('count').textContent];
)js", "1000,700");
  CAPTURE(found.dump(1));
  CHECK(found["problems"] == Found::array());
  CHECK(found["offered"] == false);
  CHECK(found["seed"] == 5);
  CHECK(found["undecided"] == Found{0, false});
  CHECK(found["offered_then"] == true);
  CHECK(found["resumed"] == Found{true, 1, "2 of 3"});
}

TEST_CASE("over respondents order and sides are balanced; for each of them sides are, too") {
  if (skipped()) return;
  const Survey s;
  REQUIRE(s.run("photos one two three -o out", " 2>/dev/null").code == 0);
  Study study{"", "", false, {}, 10, {"a", "b", "c"}, {}, {"data:image/jpeg;base64,"}};
  for (int i = 0; i < 8; i++) study.photos.push_back({std::to_string(i), 0, {}, {0, 0, 0}});
  const Found found = visited(s, study_page(study), R"js(
found.orders = Array.from({length: 600}, (_, seed) => order(seed));
found.last = order(0xffffffff);
)js", "800,600");
  CHECK(found["problems"] == Found::array());
  Found data = {{"count", 10}, {"pairs", Found::array()}};
  for (const StudyPair& pair : pairs_of(study)) data["pairs"].push_back({{"photo", pair.photo}, {"methods", {pair.first, pair.second}}});
  REQUIRE(found["orders"].size() == 600);
  CHECK(found["last"] == drawn(0xffffffff, data));
  std::map<std::string, int> comes, first, left;
  for (uint32_t seed = 0; seed < 600; seed++) {
    const Found& order = found["orders"][seed];
    if (seed % 50 == 0) CHECK(order == drawn(seed, data));
    REQUIRE(order.size() == 10);
    std::map<std::string, int> balance;
    for (const Found& pair : order) {
      const int a = pair["left"], b = pair["right"];
      const std::string methods = std::to_string(std::min(a, b)) + std::to_string(std::max(a, b));
      comes[methods + pair["photo"].dump()]++;
      left[methods] += a < b;
      balance[methods] += a < b ? 1 : -1;
    }
    first[order[0]["photo"].dump()]++;
    for (const auto& [methods, excess] : balance) CHECK(std::abs(excess) <= 1);
  }
  // Each of 24 pairs comes in 10 of 24 orders, each photo in front in an eighth: within four standard deviations.
  CHECK(comes.size() == 24);
  for (const auto& [pair, count] : comes) CHECK(std::abs(count - 250) < 4 * 12.1);
  for (const auto& [photo, count] : first) CHECK(std::abs(count - 75) < 4 * 8.1);
  for (const auto& [methods, count] : left) CHECK(std::abs(count - 1000) < 4 * 13);
}
