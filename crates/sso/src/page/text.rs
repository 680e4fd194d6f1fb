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
    (
        "second_factor_title",
        "Confirm that it is you",
        "Bestätigen Sie, dass Sie es sind",
        "पुष्टि करें कि यह आप ही हैं",
    ),
    ("code", "Code", "Code", "कोड"),
    (
        "code_how",
        "Enter the code that your authenticator app shows, or one of your backup codes.",
        "Geben Sie den Code ein, den Ihre Authenticator-App zeigt, oder einen Ihrer Ersatzcodes.",
        "अपने ऑथेंटिकेटर ऐप में दिख रहा कोड या अपना कोई बैकअप कोड लिखें।",
    ),
    (
        "code_refused",
        "This code is wrong, or has been used. Try the next one.",
        "Dieser Code ist falsch oder schon benutzt. Versuchen Sie den nächsten.",
        "यह कोड गलत है या पहले उपयोग हो चुका है। अगला कोड आज़माएँ।",
    ),
    (
        "challenge_over",
        "This took too long, or there were too many wrong codes. Sign in again.",
        "Das hat zu lange gedauert, oder es gab zu viele falsche Codes. Melden Sie sich noch einmal an.",
        "इसमें बहुत समय लगा या बहुत सारे गलत कोड दिए गए। फिर से साइन इन करें।",
    ),
    ("passkey", "Use a passkey", "Passkey verwenden", "पासकी का उपयोग करें"),
    (
        "passkey_failed",
        "No passkey was used. Try again, or go on another way.",
        "Es wurde kein Passkey benutzt. Versuchen Sie es noch einmal oder auf anderem Weg.",
        "किसी पासकी का उपयोग नहीं हुआ। फिर कोशिश करें या दूसरा तरीका अपनाएँ।",
    ),
    (
        "passkey_refused",
        "This passkey cannot be used here, or the account cannot be used now.",
        "Dieser Passkey kann hier nicht benutzt werden, oder das Konto kann gerade nicht benutzt werden.",
        "यह पासकी यहाँ उपयोग नहीं की जा सकती, या इस खाते का अभी उपयोग नहीं किया जा सकता।",
    ),
    ("go_on", "Continue", "Weiter", "आगे बढ़ें"),
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
    ("continue", "Continue", "Weiter", "जारी रखें"),
    (
        "with_organisation",
        "Continue with your organisation",
        "Weiter mit Ihrer Organisation",
        "अपने संगठन के साथ जारी रखें",
    ),
    ("continue_with", "Continue with", "Weiter mit", "इसके साथ जारी रखें:"),
    ("other_ways", "Other ways to sign in", "Andere Wege, sich anzumelden", "साइन इन करने के अन्य तरीके"),
    (
        "no_home",
        "Nobody keeps accounts for this e-mail address here. Sign in with your password.",
        "Für diese E-Mail-Adresse gibt es hier keine Organisation. Melden Sie sich mit Ihrem Passwort an.",
        "इस ई-मेल पते के लिए यहाँ कोई संगठन नहीं है। अपने पासवर्ड से साइन इन करें।",
    ),
    (
        "federation_state",
        "This answer belongs to no request of this browser, or came too late.",
        "Diese Antwort gehört zu keiner Anfrage dieses Browsers oder kam zu spät.",
        "यह उत्तर इस ब्राउज़र के किसी अनुरोध का नहीं है, या देर से आया।",
    ),
    (
        "federation_unavailable",
        "Signing in this way is not possible at the moment.",
        "Auf diesem Weg ist die Anmeldung gerade nicht möglich.",
        "इस तरीके से साइन इन करना अभी संभव नहीं है।",
    ),
    (
        "federation_failed",
        "Your organisation has not confirmed who you are.",
        "Ihre Organisation hat nicht bestätigt, wer Sie sind.",
        "आपके संगठन ने आपकी पहचान की पुष्टि नहीं की।",
    ),
    (
        "federation_not_allowed",
        "This account may not be used here. Ask your administrator.",
        "Dieses Konto kann hier nicht benutzt werden. Fragen Sie Ihre Administration.",
        "इस खाते का यहाँ उपयोग नहीं किया जा सकता। अपने प्रशासक से पूछें।",
    ),
    (
        "federation_link",
        "Somebody here has this e-mail address. If it is you: sign in as before, and link the account in your profile.",
        "Diese E-Mail-Adresse hat hier schon jemand. Falls Sie das sind: Melden Sie sich wie bisher an, und verknüpfen Sie das Konto in Ihrem Profil.",
        "यह ई-मेल पता यहाँ पहले से किसी का है। यदि वह आप हैं: पहले की तरह साइन इन करें और अपनी प्रोफ़ाइल में खाता जोड़ें।",
    ),
    ("identity_linked_title", "The account is linked", "Das Konto ist verknüpft", "खाता जोड़ दिया गया"),
    (
        "identity_linked_text",
        "You can sign in with it from now on. You can close this page.",
        "Sie können sich ab jetzt damit anmelden. Sie können diese Seite schließen.",
        "अब आप इससे साइन इन कर सकते हैं। आप यह पेज बंद कर सकते हैं।",
    ),
    ("device_title", "Connect a device", "Gerät verbinden", "डिवाइस जोड़ें"),
    (
        "device_text",
        "Type the code that your device shows. Go on only if you began this on your own device.",
        "Geben Sie den Code ein, den Ihr Gerät anzeigt. Machen Sie nur weiter, wenn Sie dies selbst an Ihrem Gerät begonnen haben.",
        "अपने डिवाइस पर दिख रहा कोड लिखें। तभी आगे बढ़ें जब आपने इसे अपने ही डिवाइस पर शुरू किया हो।",
    ),
    ("device_code", "Code", "Code", "कोड"),
    (
        "unknown_code",
        "This code is not known, or is out of date. Compare it with your device.",
        "Diesen Code gibt es nicht, oder er ist abgelaufen. Vergleichen Sie ihn mit Ihrem Gerät.",
        "यह कोड अज्ञात है या पुराना हो गया है। इसे अपने डिवाइस से मिलाएँ।",
    ),
    (
        "device_compare",
        "Allow this only if the device in front of you shows the code",
        "Erlauben Sie dies nur, wenn das Gerät vor Ihnen diesen Code anzeigt:",
        "तभी अनुमति दें जब आपके सामने का डिवाइस यह कोड दिखाए:",
    ),
    ("device_approved_title", "Your device is connected", "Ihr Gerät ist verbunden", "आपका डिवाइस जुड़ गया है"),
    (
        "device_approved_text",
        "Go back to your device; it goes on by itself. You can close this page.",
        "Gehen Sie zurück zu Ihrem Gerät; dort geht es von selbst weiter. Sie können diese Seite schließen.",
        "अपने डिवाइस पर वापस जाएँ; वह अपने आप आगे बढ़ेगा। आप यह पेज बंद कर सकते हैं।",
    ),
    (
        "device_denied_title",
        "The device was not connected",
        "Das Gerät wurde nicht verbunden",
        "डिवाइस नहीं जोड़ा गया",
    ),
    (
        "device_denied_text",
        "It gets nothing of yours. You can close this page.",
        "Es bekommt nichts von Ihnen. Sie können diese Seite schließen.",
        "उसे आपका कुछ भी नहीं मिलेगा। आप यह पेज बंद कर सकते हैं।",
    ),
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
