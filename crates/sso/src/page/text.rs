//! What the pages say, in each language.

use std::collections::BTreeMap;

use super::Locale;

/// Name, English, German, Hindi.
const TEXTS: &[(&str, &str, &str, &str)] = &[
    ("sign_in", "Sign in", "Anmelden", "साइन इन करें"),
    ("sign_in_to", "Sign in to", "Anmelden bei", "साइन इन करें:"),
    ("to_continue_to", "To continue to", "Weiter zu", "आगे बढ़ने के लिए:"),
    ("email", "E-mail address", "E-Mail-Adresse", "ई-मेल पता"),
    ("password", "Password", "Passwort", "पासवर्ड"),
    (
        "refused",
        "The e-mail address or the password is wrong, or the account cannot be used now.",
        "Die E-Mail-Adresse oder das Passwort ist falsch, oder das Konto kann gerade nicht benutzt werden.",
        "ई-मेल पता या पासवर्ड गलत है, या इस खाते का अभी उपयोग नहीं किया जा सकता।",
    ),
    (
        "too_many",
        "There were too many attempts. Try again in a while.",
        "Es gab zu viele Versuche. Bitte versuchen Sie es später noch einmal.",
        "बहुत अधिक प्रयास हुए। कृपया कुछ देर बाद फिर कोशिश करें।",
    ),
    ("allow_title", "Allow access?", "Zugriff erlauben?", "पहुँच की अनुमति दें?"),
    (
        "asks_for",
        "asks for your permission to:",
        "bittet um Ihre Erlaubnis für Folgendes:",
        "आपसे इनकी अनुमति माँगता है:",
    ),
    ("signed_in_as", "Signed in as", "Angemeldet als", "इस नाम से साइन इन हैं:"),
    ("allow", "Allow", "Erlauben", "अनुमति दें"),
    ("deny", "Do not allow", "Nicht erlauben", "अनुमति न दें"),
    ("scope_openid", "know who you are", "wissen, wer Sie sind", "जानना कि आप कौन हैं"),
    (
        "scope_offline_access",
        "keep this access while you are away",
        "diesen Zugriff auch ohne Ihr Beisein behalten",
        "आपकी अनुपस्थिति में भी यह पहुँच बनाए रखना",
    ),
    (
        "scope_profile",
        "see your name, picture and other details of your profile",
        "Ihren Namen, Ihr Bild und weitere Angaben Ihres Profils sehen",
        "आपका नाम, चित्र और प्रोफ़ाइल के अन्य विवरण देखना",
    ),
    ("scope_email", "see your e-mail address", "Ihre E-Mail-Adresse sehen", "आपका ई-मेल पता देखना"),
    ("scope_phone", "see your telephone number", "Ihre Telefonnummer sehen", "आपका फ़ोन नंबर देखना"),
    ("scope_address", "see your postal address", "Ihre Postanschrift sehen", "आपका डाक पता देखना"),
    ("scope_roles", "see your roles", "Ihre Rollen sehen", "आपकी भूमिकाएँ देखना"),
    (
        "scope_families",
        "see the kinds of your roles",
        "die Arten Ihrer Rollen sehen",
        "आपकी भूमिकाओं के प्रकार देखना",
    ),
    ("scope_groups", "see your groups", "Ihre Gruppen sehen", "आपके समूह देखना"),
    ("scope_tenant", "see your organisation", "Ihre Organisation sehen", "आपका संगठन देखना"),
    (
        "scope_plan",
        "see your organisation's plan",
        "den Tarif Ihrer Organisation sehen",
        "आपके संगठन की योजना देखना",
    ),
    ("error_title", "This did not work", "Das hat nicht geklappt", "यह नहीं हो सका"),
    (
        "unknown_client",
        "The application that sent you here is not known, or is switched off.",
        "Die Anwendung, von der Sie kommen, ist nicht bekannt oder abgeschaltet.",
        "जिस ऐप से आप आए हैं वह अज्ञात है या बंद है।",
    ),
    (
        "unknown_address",
        "The application that sent you here named an address that it has not registered.",
        "Die Anwendung, von der Sie kommen, nennt eine Adresse, die sie nicht angemeldet hat.",
        "जिस ऐप से आप आए हैं उसने ऐसा पता बताया जो पंजीकृत नहीं है।",
    ),
    (
        "unknown_request",
        "The application's request is out of date, or has been used already.",
        "Die Anfrage der Anwendung ist veraltet oder wurde schon benutzt.",
        "ऐप का अनुरोध पुराना हो गया है या पहले ही इस्तेमाल हो चुका है।",
    ),
    (
        "bad_form",
        "This page is out of date, or cookies are switched off in your browser.",
        "Diese Seite ist veraltet, oder Ihr Browser nimmt keine Cookies an.",
        "यह पेज पुराना हो गया है, या आपके ब्राउज़र में कुकीज़ बंद हैं।",
    ),
    (
        "go_back",
        "Go back to the application and begin again.",
        "Gehen Sie zurück zur Anwendung, und beginnen Sie von vorn.",
        "ऐप पर वापस जाएँ और फिर से शुरू करें।",
    ),
    ("sign_out_title", "Sign out?", "Abmelden?", "साइन आउट करें?"),
    (
        "sign_out_text",
        "You will be signed out of every application that you have signed in to from here.",
        "Sie werden von allen Anwendungen abgemeldet, bei denen Sie sich von hier aus angemeldet haben.",
        "आप उन सभी ऐप से साइन आउट हो जाएँगे जिनमें आपने यहाँ से साइन इन किया है।",
    ),
    ("sign_out", "Sign out", "Abmelden", "साइन आउट करें"),
    ("signed_out_title", "You are signed out", "Sie sind abgemeldet", "आप साइन आउट हो गए हैं"),
    (
        "signed_out_text",
        "You can close this page.",
        "Sie können diese Seite schließen.",
        "आप यह पेज बंद कर सकते हैं।",
    ),
    ("one_moment", "One moment", "Einen Moment", "एक क्षण"),
    (
        "back_to_client",
        "You are being sent back to the application.",
        "Sie werden zurück zur Anwendung geleitet.",
        "आपको ऐप पर वापस भेजा जा रहा है।",
    ),
    ("forgot", "Forgotten your password?", "Passwort vergessen?", "पासवर्ड भूल गए?"),
    ("recover_title", "Choose a new password", "Neues Passwort wählen", "नया पासवर्ड चुनें"),
    (
        "recover_text",
        "Enter your e-mail address, and you get a message with a link.",
        "Geben Sie Ihre E-Mail-Adresse ein; Sie bekommen eine Nachricht mit einem Link.",
        "अपना ई-मेल पता दर्ज करें, आपको लिंक वाला एक संदेश मिलेगा।",
    ),
    ("recover_button", "Send the link", "Link senden", "लिंक भेजें"),
    (
        "recover_sent",
        "If there is an account with this address, a message is on its way to it. Look into your mailbox.",
        "Wenn es ein Konto mit dieser Adresse gibt, ist eine Nachricht dorthin unterwegs. Sehen Sie in Ihr Postfach.",
        "अगर इस पते का कोई खाता है, तो उस पर संदेश भेजा जा रहा है। अपना मेलबॉक्स देखें।",
    ),
    ("new_password_title", "Choose a new password", "Neues Passwort wählen", "नया पासवर्ड चुनें"),
    (
        "new_password_text",
        "You will be signed out everywhere.",
        "Sie werden überall abgemeldet.",
        "आप हर जगह से साइन आउट हो जाएँगे।",
    ),
    (
        "new_password_done",
        "Your password is changed. You can sign in with it now.",
        "Ihr Passwort ist geändert. Sie können sich jetzt damit anmelden.",
        "आपका पासवर्ड बदल गया है। अब आप उससे साइन इन कर सकते हैं।",
    ),
    ("new_password", "New password", "Neues Passwort", "नया पासवर्ड"),
    ("save", "Save", "Speichern", "सहेजें"),
    ("ask_again", "Ask for another link", "Einen anderen Link anfordern", "दूसरा लिंक माँगें"),
    (
        "password_refused",
        "Choose another password: a longer one, not one that many people use, without your name, and none of your last ones.",
        "Wählen Sie ein anderes Passwort: ein längeres, keines, das viele benutzen, ohne Ihren Namen, und keines Ihrer letzten.",
        "दूसरा पासवर्ड चुनें: लंबा, जो आम न हो, जिसमें आपका नाम न हो, और जो आपके पिछले पासवर्ड में से न हो।",
    ),
    (
        "link_refused",
        "This link does not count any more.",
        "Dieser Link gilt nicht mehr.",
        "यह लिंक अब मान्य नहीं है।",
    ),
    (
        "code_refused",
        "This code is wrong, or does not count any more.",
        "Dieser Code ist falsch oder gilt nicht mehr.",
        "यह कोड गलत है या अब मान्य नहीं है।",
    ),
    (
        "form_refused",
        "Something you have entered cannot be accepted. Check it, please.",
        "Etwas von Ihren Angaben kann nicht angenommen werden. Bitte prüfen Sie es.",
        "आपकी दी हुई कोई जानकारी स्वीकार नहीं की जा सकती। कृपया जाँचें।",
    ),
    ("verify_title", "Confirm your e-mail address", "E-Mail-Adresse bestätigen", "ई-मेल पता सत्यापित करें"),
    (
        "verify_text",
        "Press the button to confirm that this is your address.",
        "Bestätigen Sie mit dem Knopf, dass dies Ihre Adresse ist.",
        "यह आपका पता है, इसकी पुष्टि के लिए बटन दबाएँ।",
    ),
    (
        "verify_code_text",
        "Enter your address, and the code that was sent to it.",
        "Geben Sie Ihre Adresse ein und den Code, der dorthin geschickt wurde.",
        "अपना पता और उस पर भेजा गया कोड दर्ज करें।",
    ),
    (
        "verify_done",
        "Your e-mail address is confirmed. You can close this page.",
        "Ihre E-Mail-Adresse ist bestätigt. Sie können diese Seite schließen.",
        "आपका ई-मेल पता सत्यापित हो गया है। आप यह पेज बंद कर सकते हैं।",
    ),
    ("confirm", "Confirm", "Bestätigen", "पुष्टि करें"),
    ("code", "Code", "Code", "कोड"),
    ("enter_code", "Enter a code instead", "Stattdessen einen Code eingeben", "इसके बजाय कोड दर्ज करें"),
    ("register_title", "Make an account", "Konto anlegen", "खाता बनाएँ"),
    (
        "register_text",
        "You get a message to confirm your address.",
        "Sie bekommen eine Nachricht, um Ihre Adresse zu bestätigen.",
        "पता सत्यापित करने के लिए आपको एक संदेश मिलेगा।",
    ),
    ("register_button", "Make the account", "Konto anlegen", "खाता बनाएँ"),
    (
        "register_sent",
        "A message is on its way to your address. Follow it to go on.",
        "Eine Nachricht ist an Ihre Adresse unterwegs. Folgen Sie ihr, um fortzufahren.",
        "आपके पते पर एक संदेश भेजा जा रहा है। आगे बढ़ने के लिए उसके अनुसार चलें।",
    ),
    (
        "registration_closed",
        "Accounts are made by invitation here.",
        "Konten gibt es hier auf Einladung.",
        "यहाँ खाते केवल आमंत्रण से बनते हैं।",
    ),
    ("first_name", "First name", "Vorname", "पहला नाम"),
    ("last_name", "Last name", "Nachname", "उपनाम"),
    ("invitation_title", "You are invited", "Sie sind eingeladen", "आपको आमंत्रित किया गया है"),
    (
        "invitation_text",
        "Choose a password to begin.",
        "Wählen Sie ein Passwort, um zu beginnen.",
        "शुरू करने के लिए पासवर्ड चुनें।",
    ),
    ("invitation_button", "Accept", "Annehmen", "स्वीकार करें"),
    (
        "invitation_done",
        "Your account is ready. You can sign in now.",
        "Ihr Konto ist bereit. Sie können sich jetzt anmelden.",
        "आपका खाता तैयार है। अब आप साइन इन कर सकते हैं।",
    ),
    ("continue", "Continue", "Weiter", "जारी रखें"),
];

/// The texts of a language, by name.
pub(super) fn words(locale: Locale) -> BTreeMap<&'static str, &'static str> {
    let pick =
        |&(name, english, german, hindi): &(&'static str, &'static str, &'static str, &'static str)| {
            let text = match locale {
                Locale::English => english,
                Locale::German => german,
                Locale::Hindi => hindi,
            };
            (name, text)
        };
    TEXTS.iter().map(pick).collect()
}
