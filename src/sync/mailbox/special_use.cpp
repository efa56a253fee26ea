#include "sync/mailbox/special_use.hpp"

#include "sync/mailbox/folded_name.hpp"
#include "sync/mailbox/name_space.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string>

namespace imapferry::sync {

namespace {

struct UseNames {
  std::string_view use;
  std::string_view names;  ///< one a line
};

// imapsync's table, and what Outlook, Thunderbird, Apple Mail, Roundcube and the large providers call them elsewhere.
constexpr std::array use_names = {
    UseNames{"\\All", R"(All
All Messages
All Mail
Alle Nachrichten
Tous les messages
Todos
Todo el correo
Tutti i messaggi
Todos os e-mails
Alle berichten
Wszystkie
Все
Вся почта
Все сообщения
Вся пошта)"},
    UseNames{"\\Archive", R"(Archive
Archives
Archiv
Archivio
Archivo
Arquivo
Arquivo Morto
Archief
Arkiv
Arkivera
Arkisto
Archiwum
Archív
Archívum
Arhivă
Архив
Архивы
Архів
Αρχειοθήκη
Arşiv
アーカイブ
存档
归档
封存
보관함
ארכיון)"},
    UseNames{"\\Drafts", R"(Drafts
Draft
Szkice
Wersje robocze
Entwürfe
Entwurf
Brouillons
Brouillon
Borradores
Borrador
Bozze
Rascunhos
Concepten
Utkast
Kladder
Luonnokset
Koncepty
Rozepsané
Rozepsané zprávy
Piszkozatok
Ciorne
Mesaje nefinalizate
Черновики
Чернетки
Чернови
Πρόχειρα
Taslaklar
下書き
草稿
草稿箱
草稿匣
임시 보관함
임시보관함
טיוטות
المسودات)"},
    UseNames{"\\Flagged", R"(Flagged
Starred
Markiert
Gekennzeichnet
Suivis
Destacados
Speciali
Com estrela
Met ster
Oznaczone
Oznaczone gwiazdką
Помеченные
Отмеченные
Позначені)"},
    UseNames{"\\Junk", R"(Junk
Spam
Junk E-Mail
Junk Email
Junk Mail
Bulk Mail
Potwierdzony spam
Wiadomości-śmieci
Wiadomości śmieci
Junk-E-Mail
Spamverdacht
Unerwünscht
Unerwünschte Werbung
Courrier indésirable
Indésirables
Pourriel
Correo no deseado
Correo basura
Posta indesiderata
Indesiderata
Lixo Eletrônico
Lixo Eletrónico
Correio de Lixo
Ongewenste e-mail
Ongewenste reclame
Skräppost
Søppelpost
Uønsket e-post
Uønsket post
Roskaposti
Nevyžádaná pošta
Nevyžiadaná pošta
Levélszemét
E-mail nedorit
Спам
Нежелательная почта
Небажана пошта
Нежелана поща
Ανεπιθύμητη αλληλογραφία
Ανεπιθύμητα
Gereksiz
Önemsiz E-posta
İstenmeyen
迷惑メール
垃圾邮件
垃圾郵件
정크 메일
스팸
스팸메일함
דואר זבל
البريد غير الهام)"},
    UseNames{"\\Sent", R"(Sent
Sent Messages
Sent Items
Sent Mail
Sent-Mail
Gesendet
Gesendete Elemente
Gesendete Objekte
Gesendete Nachrichten
Éléments envoyés
Envoyé
Envoyés
Objets envoyés
Messages envoyés
Courrier envoyé
Elementos enviados
Enviados
Mensajes enviados
Correo enviado
Posta inviata
Inviata
Inviati
Messaggi inviati
Elementi inviati
Itens Enviados
Mensagens enviadas
E-mails enviados
Verzonden
Verzonden items
Verzonden berichten
Skickat
Skickade
Skickade objekt
Sendt
Sendte
Sendte elementer
Sendt post
Lähetetyt
Elementy wysłane
Wysłane
Odeslané
Odeslaná pošta
Odoslané
Odoslaná pošta
Elküldött
Elküldött elemek
Trimise
Elemente trimise
Отправленные
Отправленные письма
Надіслані
Изпратени
Απεσταλμένα
Σταλμένα
Gönderilmiş Öğeler
Gönderilenler
Gönderilmiş Postalar
送信済みアイテム
送信済み
送信済みメール
已发送
已发送邮件
已发送消息
寄件備份
보낸 편지함
보낸메일함
פריטים שנשלחו
العناصر المرسلة)"},
    UseNames{"\\Trash", R"(Trash
Kosz
Deleted Items
Deleted Messages
Deleted
Bin
Elementy usunięte
Papierkorb
Gelöscht
Gelöschte Elemente
Gelöschte Objekte
Corbeille
Éléments supprimés
Messages supprimés
Papelera
Elementos eliminados
Eliminados
Cestino
Posta eliminata
Elementi eliminati
Lixeira
Lixo
Itens Excluídos
Itens Eliminados
Prullenbak
Prullenmand
Verwijderde items
Papperskorg
Papperskorgen
Borttaget
Borttagna objekt
Papirkurv
Slettet post
Slettede elementer
Roskakori
Poistetut
Koš
Odstraněná pošta
Kôš
Odstránená pošta
Kuka
Lomtár
Törölt elemek
Törölt üzenetek
Coș de gunoi
Gunoi
Elemente șterse
Удаленные
Корзина
Кошик
Видалені
Кошче
Изтрити
Κάδος απορριμμάτων
Διαγραμμένα
Çöp Kutusu
Çöp
Silinmiş Öğeler
ごみ箱
ゴミ箱
削除済みアイテム
已删除
已删除邮件
已删除消息
垃圾桶
刪除的郵件
휴지통
지운 편지함
אשפה
פריטים שנמחקו
العناصر المحذوفة)"},
};

std::map<std::string, std::string_view, std::less<>> read_names() {
  std::map<std::string, std::string_view, std::less<>> uses;
  for (const UseNames& row : use_names) {
    std::string_view left = row.names;
    while (!left.empty()) {
      const std::string_view name = left.substr(0, left.find('\n'));
      uses.emplace(fold_accents(name), row.use);
      left.remove_prefix(std::min(name.size() + 1, left.size()));
    }
  }
  return uses;
}

}  // namespace

std::string_view guess_special_use(std::string_view name) {
  static const std::map<std::string, std::string_view, std::less<>> uses = read_names();
  const auto found = uses.find(fold_accents(name));
  return found == uses.end() ? std::string_view() : found->second;
}

std::string_view guess_special_use(std::string_view name, const NameSpace& name_space) {
  const std::string_view use = guess_special_use(name);
  return !use.empty() ? use : guess_special_use(without_prefix(name, name_space));
}

std::string_view regular_special_use(std::string_view attribute) {
  const std::string folded = fold_case(attribute);
  for (const UseNames& row : use_names) {
    if (fold_case(row.use) == folded) return row.use;
  }
  return {};
}

}  // namespace imapferry::sync
