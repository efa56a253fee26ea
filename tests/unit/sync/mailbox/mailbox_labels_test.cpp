#include "mailbox_names.hpp"
#include "sync/mailbox/mailbox_labels.hpp"

#include <doctest/doctest.h>

using namespace imapferry;
using namespace imapferry::sync;

namespace {

/// The name spaces of two accounts at Gmail.
struct Scene {
  Scene() {
    for (SideNames* names : {&source, &destination}) {
      *names = side("", '/', {"INBOX", "[Gmail]", "[Gmail]/All Mail", "[Gmail]/Sent Mail"});
      names->mailboxes[1].attributes = imap::proto::list_noselect;
      names->mailboxes[2].special_use = "\\All";
      names->mailboxes[3].special_use = "\\Sent";
    }
    for (const char* wire : {"Work", "Work/&AOk-", "Archive/Bob/INBOX", "Archive/Bob/x"}) {
      source.mailboxes.push_back(listed(wire));
    }
  }
  [[nodiscard]] std::string text() const {
    const auto labels = mailbox_labels(source, destination, map_of(source, destination, rules), rules);
    REQUIRE(labels.has_value());
    std::string text;
    for (const auto& [label, there] : *labels) text += label + "=" + there + "; ";
    return text;
  }

  SideNames source, destination;
  config::FolderRules rules;
};

}  // namespace

TEST_CASE("mailbox labels: each mailbox's label is that of where it goes, selected or not") {
  Scene scene;
  CHECK(scene.text() == "\\Inbox=\\Inbox; Archive/Bob/INBOX=Archive/Bob/INBOX; Archive/Bob/x=Archive/Bob/x; Work=Work; "
                        "Work/&AOk-=Work/&AOk-; ");
  scene.rules.names = {"INBOX"};
  scene.rules.changes = {"s/^Work/Arbeit/"};
  scene.rules.renamed = {{"Archive/Bob/x", "[Gmail]/Sent Mail"}, {"Archive/Bob/INBOX", "[Gmail]/All Mail"}};
  CHECK(scene.text() ==
        "\\Inbox=\\Inbox; Archive/Bob/INBOX=; Archive/Bob/x=\\Sent; Work=Arbeit; Work/&AOk-=Arbeit/&AOk-; ");
}

TEST_CASE("mailbox labels: branches") {
  Scene scene;
  scene.rules.destination_root = "Old";
  CHECK(scene.text() == "\\Inbox=Old/INBOX; Archive/Bob/INBOX=Old/Archive/Bob/INBOX; Archive/Bob/x=Old/Archive/Bob/x; "
                        "Work=Old/Work; Work/&AOk-=Old/Work/&AOk-; ");
  scene.rules.destination_root.clear();
  scene.rules.source_root = "Archive/Bob";
  CHECK(scene.text() == "\\Inbox=; Archive/Bob/INBOX=\\Inbox; Archive/Bob/x=x; Work=; Work/&AOk-=; ");
  CHECK(label_root("Archive/B\u00F6b/", scene.source.name_space) == "Archive/B&APY-b/");
  CHECK(label_root("", scene.source.name_space).empty());
}
