//! What the letters say, in each language.

use tenantry_messages::{Language, Letter};

/// To whom the letters are from: the tenant's name, and the language.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words<'a> {
    pub(crate) language: Language,
    pub(crate) tenant: &'a str,
}

impl Words<'_> {
    /// One of three texts, with the tenant's name for `{}`.
    fn say(&self, english: &str, german: &str, hindi: &str) -> String {
        self.language.pick(english, german, hindi).replace("{}", self.tenant)
    }

    /// Who has not asked need not do anything.
    fn ignore(&self) -> String {
        self.say(
            "If you have not asked for this, you can ignore this message: nothing changes.",
            "Wenn Sie das nicht angefordert haben, können Sie diese Nachricht ignorieren: Es ändert sich nichts.",
            "अगर आपने इसका अनुरोध नहीं किया है, तो इस संदेश को अनदेखा करें: कुछ नहीं बदलेगा।",
        )
    }

    fn code_below(&self) -> String {
        self.say(
            "Or enter this code; it counts for 15 minutes:",
            "Oder geben Sie diesen Code ein; er gilt 15 Minuten:",
            "या यह कोड दर्ज करें; यह 15 मिनट तक मान्य है:",
        )
    }

    pub(crate) fn password_reset(&self, link: &str) -> Letter {
        let subject = self.say(
            "Choose a new password for {}",
            "Neues Passwort für {} wählen",
            "{} के लिए नया पासवर्ड चुनें",
        );
        let text = self.say(
            "With this link you choose a new password for your account at {}. It counts for an hour, and once. You will be signed out everywhere.",
            "Mit diesem Link wählen Sie ein neues Passwort für Ihr Konto bei {}. Er gilt eine Stunde und ein Mal. Sie werden überall abgemeldet.",
            "इस लिंक से आप {} पर अपने खाते के लिए नया पासवर्ड चुन सकते हैं। यह एक घंटे तक और एक ही बार मान्य है। आप हर जगह से साइन आउट हो जाएँगे।",
        );
        let label = self.say("Choose a password", "Passwort wählen", "पासवर्ड चुनें");
        Letter::new(subject).paragraph(text).link(label, link).small(self.ignore())
    }

    pub(crate) fn password_changed(&self) -> Letter {
        let subject = self.say(
            "Your password for {} was changed",
            "Ihr Passwort für {} wurde geändert",
            "{} के लिए आपका पासवर्ड बदल दिया गया है",
        );
        let text = self.say(
            "The password of your account at {} has just been changed. Other sessions have ended.",
            "Das Passwort Ihres Kontos bei {} wurde gerade geändert. Andere Sitzungen sind beendet.",
            "{} पर आपके खाते का पासवर्ड अभी बदला गया है। अन्य सत्र समाप्त हो गए हैं।",
        );
        let alarm = self.say(
            "If this was not you, choose another password at once and tell your administrator.",
            "Wenn Sie das nicht waren, wählen Sie sofort ein anderes Passwort, und sagen Sie Ihrer Administration Bescheid.",
            "अगर यह आपने नहीं किया, तो तुरंत दूसरा पासवर्ड चुनें और अपने व्यवस्थापक को बताएँ।",
        );
        Letter::new(subject).paragraph(text).paragraph(alarm)
    }

    pub(crate) fn verify_email(&self, link: &str, code: &str) -> Letter {
        let subject = self.say(
            "Confirm your e-mail address for {}",
            "E-Mail-Adresse für {} bestätigen",
            "{} के लिए अपना ई-मेल पता सत्यापित करें",
        );
        let text = self.say(
            "Confirm that this is your e-mail address for your account at {}. The link counts for a day, and once.",
            "Bestätigen Sie, dass dies Ihre E-Mail-Adresse für Ihr Konto bei {} ist. Der Link gilt einen Tag und ein Mal.",
            "पुष्टि करें कि {} पर आपके खाते के लिए यह आपका ई-मेल पता है। लिंक एक दिन तक और एक ही बार मान्य है।",
        );
        let label = self.say("Confirm the address", "Adresse bestätigen", "पता सत्यापित करें");
        let letter = Letter::new(subject).paragraph(text).paragraph(self.code_below());
        letter.code(code).link(label, link).small(self.ignore())
    }

    pub(crate) fn change_email(&self, link: &str) -> Letter {
        let subject = self.say(
            "Confirm your new e-mail address for {}",
            "Neue E-Mail-Adresse für {} bestätigen",
            "{} के लिए अपना नया ई-मेल पता सत्यापित करें",
        );
        let text = self.say(
            "Confirm that your account at {} is to have this e-mail address. The link counts for a day, and once.",
            "Bestätigen Sie, dass Ihr Konto bei {} diese E-Mail-Adresse bekommen soll. Der Link gilt einen Tag und ein Mal.",
            "पुष्टि करें कि {} पर आपके खाते का यह ई-मेल पता होना चाहिए। लिंक एक दिन तक और एक ही बार मान्य है।",
        );
        let label = self.say("Confirm the address", "Adresse bestätigen", "पता सत्यापित करें");
        Letter::new(subject).paragraph(text).link(label, link).small(self.ignore())
    }

    pub(crate) fn email_changed(&self, new: &str) -> Letter {
        let subject = self.say(
            "Your e-mail address for {} was changed",
            "Ihre E-Mail-Adresse für {} wurde geändert",
            "{} के लिए आपका ई-मेल पता बदल दिया गया है",
        );
        let text = self.say(
            "Your account at {} has another e-mail address now:",
            "Ihr Konto bei {} hat jetzt eine andere E-Mail-Adresse:",
            "{} पर आपके खाते का अब दूसरा ई-मेल पता है:",
        );
        Letter::new(subject).paragraph(format!("{text} {new}")).paragraph(self.was_it_you())
    }

    /// An administrator has made the account.
    pub(crate) fn welcome(&self, link: &str) -> Letter {
        let subject = self.say("Welcome to {}", "Willkommen bei {}", "{} में आपका स्वागत है");
        let text = self.say(
            "There is an account at {} for you. Choose a password to begin. The link counts for three days, and once.",
            "Bei {} gibt es ein Konto für Sie. Wählen Sie ein Passwort, um zu beginnen. Der Link gilt drei Tage und ein Mal.",
            "{} पर आपके लिए एक खाता है। शुरू करने के लिए पासवर्ड चुनें। लिंक तीन दिन तक और एक ही बार मान्य है।",
        );
        let label = self.say("Choose a password", "Passwort wählen", "पासवर्ड चुनें");
        Letter::new(subject).paragraph(text).link(label, link)
    }

    /// Somebody wanted an account with an address that has one.
    pub(crate) fn account_exists(&self, link: &str) -> Letter {
        let subject =
            self.say("You have an account at {}", "Sie haben ein Konto bei {}", "{} पर आपका खाता पहले से है");
        let text = self.say(
            "Somebody, perhaps you, wanted to use this e-mail address for an account at {}. It belongs to an account already. If you do not know the password any more, you can choose a new one.",
            "Jemand, vielleicht Sie, wollte diese E-Mail-Adresse für ein Konto bei {} verwenden. Sie gehört schon zu einem Konto. Wenn Sie das Passwort nicht mehr wissen, können Sie ein neues wählen.",
            "किसी ने, शायद आपने, {} पर खाते के लिए इस ई-मेल पते का उपयोग करना चाहा। यह पहले से एक खाते का है। अगर आपको पासवर्ड याद नहीं है, तो आप नया चुन सकते हैं।",
        );
        let label = self.say("Choose a new password", "Neues Passwort wählen", "नया पासवर्ड चुनें");
        Letter::new(subject).paragraph(text).link(label, link).small(self.ignore())
    }

    pub(crate) fn invitation(&self, inviter: &str, link: &str, days: i64) -> Letter {
        let subject =
            self.say("You are invited to {}", "Sie sind zu {} eingeladen", "आपको {} में आमंत्रित किया गया है");
        let text = self.say(
            "has invited you to {}. Choose a password to begin.",
            "hat Sie zu {} eingeladen. Wählen Sie ein Passwort, um zu beginnen.",
            "ने आपको {} में आमंत्रित किया है। शुरू करने के लिए पासवर्ड चुनें।",
        );
        let until = self.say(
            "The link counts for # days, and once. If you do not expect this, you can ignore it.",
            "Der Link gilt # Tage und ein Mal. Wenn Sie das nicht erwarten, können Sie es ignorieren.",
            "लिंक # दिनों तक और एक ही बार मान्य है। अगर आपको इसकी अपेक्षा नहीं है, तो इसे अनदेखा करें।",
        );
        let label = self.say("Accept the invitation", "Einladung annehmen", "आमंत्रण स्वीकार करें");
        let letter = Letter::new(subject).paragraph(format!("{inviter} {text}")).link(label, link);
        letter.small(until.replace('#', &days.to_string()))
    }

    /// A code that signing in waits for.
    pub(crate) fn second_factor(&self, code: &str) -> Letter {
        let subject = self.say("Your code for {}", "Ihr Code für {}", "{} के लिए आपका कोड");
        let text = self.say(
            "This code shows that it is you, at {}. It counts for five minutes, and once. Tell it to nobody.",
            "Mit diesem Code zeigen Sie bei {}, dass Sie es sind. Er gilt fünf Minuten und ein Mal. Sagen Sie ihn niemandem.",
            "यह कोड {} पर दिखाता है कि यह आप ही हैं। यह पाँच मिनट तक और एक ही बार मान्य है। इसे किसी को न बताएँ।",
        );
        let alarm = self.say(
            "If you have not just wanted to sign in, somebody knows your password: choose another one at once.",
            "Wenn Sie sich nicht gerade anmelden wollten, kennt jemand Ihr Passwort: Wählen Sie sofort ein anderes.",
            "अगर आप अभी साइन इन नहीं कर रहे थे, तो किसी को आपका पासवर्ड पता है: तुरंत दूसरा चुनें।",
        );
        Letter::new(subject).paragraph(text).code(code).small(alarm)
    }

    /// The same as a text message.
    pub(crate) fn second_factor_text(&self, code: &str) -> String {
        let text = self.say(
            "is your code for {}. It counts for five minutes. Tell it to nobody.",
            "ist Ihr Code für {}. Er gilt fünf Minuten. Sagen Sie ihn niemandem.",
            "{} के लिए आपका कोड है। यह पाँच मिनट तक मान्य है। इसे किसी को न बताएँ।",
        );
        format!("{code} {text}")
    }

    /// There is one more way to show who one is.
    pub(crate) fn factor_added(&self) -> Letter {
        let subject = self.say(
            "A second factor was added to your account at {}",
            "Ihr Konto bei {} hat einen neuen zweiten Faktor",
            "{} पर आपके खाते में दूसरा कारक जोड़ा गया है",
        );
        let text = self.say(
            "A second factor has just been set up for your account at {}. Signing in asks for it from now on.",
            "Für Ihr Konto bei {} wurde gerade ein zweiter Faktor eingerichtet. Beim Anmelden wird ab jetzt danach gefragt.",
            "{} पर आपके खाते के लिए अभी दूसरा कारक सेट किया गया है। अब से साइन इन करते समय यह माँगा जाएगा।",
        );
        Letter::new(subject).paragraph(text).paragraph(self.was_it_you())
    }

    /// There is a passkey, which is enough to sign in.
    pub(crate) fn passkey_added(&self) -> Letter {
        let subject = self.say(
            "A passkey was added to your account at {}",
            "Ihr Konto bei {} hat einen neuen Passkey",
            "{} पर आपके खाते में पासकी जोड़ी गई है",
        );
        let text = self.say(
            "A passkey has just been added to your account at {}. Whoever has it can sign in without your password.",
            "Zu Ihrem Konto bei {} wurde gerade ein Passkey hinzugefügt. Wer ihn hat, kann sich ohne Ihr Passwort anmelden.",
            "{} पर आपके खाते में अभी एक पासकी जोड़ी गई है। जिसके पास यह है, वह आपके पासवर्ड के बिना साइन इन कर सकता है।",
        );
        Letter::new(subject).paragraph(text).paragraph(self.was_it_you())
    }

    /// There is an account of `elsewhere`, which is enough to sign in.
    pub(crate) fn account_linked(&self, elsewhere: &str) -> Letter {
        let subject = self.say(
            "Another account was linked to yours at {}",
            "Mit Ihrem Konto bei {} wurde ein anderes verknüpft",
            "{} पर आपके खाते से एक और खाता जोड़ा गया है",
        );
        let text = self.say(
            "An account of # has just been linked to yours at {}. Whoever uses it can sign in as you.",
            "Ein Konto von # wurde gerade mit Ihrem bei {} verknüpft. Wer es benutzt, kann sich als Sie anmelden.",
            "# का एक खाता अभी {} पर आपके खाते से जोड़ा गया है। जो उसका उपयोग करता है, वह आपके रूप में साइन इन कर सकता है।",
        );
        Letter::new(subject).paragraph(text.replace('#', elsewhere)).paragraph(self.was_it_you())
    }

    /// Somebody has signed in on a device that is not known, or from where nobody is expected. `what` says on what, from where and
    /// when.
    pub(crate) fn unusual_sign_in(&self, what: &str, is_suspicious: bool) -> Letter {
        let subject = if is_suspicious {
            self.say(
                "An unusual sign-in to your account at {}",
                "Ungewöhnliche Anmeldung bei Ihrem Konto bei {}",
                "{} पर आपके खाते में असामान्य साइन इन",
            )
        } else {
            self.say(
                "A new device has signed in to your account at {}",
                "Ein neues Gerät hat sich bei Ihrem Konto bei {} angemeldet",
                "{} पर आपके खाते में एक नए उपकरण से साइन इन किया गया",
            )
        };
        let text = if is_suspicious {
            self.say(
                "Somebody has just signed in to your account at {} from a place where you usually are not:",
                "Gerade hat sich jemand bei Ihrem Konto bei {} von einem Ort angemeldet, an dem Sie sonst nicht sind:",
                "अभी किसी ने {} पर आपके खाते में ऐसी जगह से साइन इन किया है जहाँ आप आमतौर पर नहीं होते:",
            )
        } else {
            self.say(
                "Somebody has just signed in to your account at {} on a device that is not known yet:",
                "Gerade hat sich jemand bei Ihrem Konto bei {} auf einem Gerät angemeldet, das noch nicht bekannt ist:",
                "अभी किसी ने {} पर आपके खाते में ऐसे उपकरण से साइन इन किया है जो अब तक ज्ञात नहीं है:",
            )
        };
        let alarm = self.say(
            "If this was not you, change your password at once, and end the sessions that you do not know.",
            "Wenn Sie das nicht waren, ändern Sie sofort Ihr Passwort, und beenden Sie die Sitzungen, die Sie nicht kennen.",
            "अगर यह आपने नहीं किया, तो तुरंत अपना पासवर्ड बदलें और जिन सत्रों को आप नहीं पहचानते उन्हें समाप्त करें।",
        );
        Letter::new(subject).paragraph(text).paragraph(what).paragraph(alarm)
    }

    fn was_it_you(&self) -> String {
        self.say(
            "If this was not you, tell your administrator at once.",
            "Wenn Sie das nicht waren, sagen Sie sofort Ihrer Administration Bescheid.",
            "अगर यह आपने नहीं किया, तो तुरंत अपने व्यवस्थापक को बताएँ।",
        )
    }

    /// A text message.
    pub(crate) fn phone_code(&self, code: &str) -> String {
        let text = self.say(
            "is your code for {}. It counts for 15 minutes. Tell it to nobody.",
            "ist Ihr Code für {}. Er gilt 15 Minuten. Sagen Sie ihn niemandem.",
            "{} के लिए आपका कोड है। यह 15 मिनट तक मान्य है। इसे किसी को न बताएँ।",
        );
        format!("{code} {text}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_names_the_tenant_and_says_all_in_every_language() {
        for language in Language::ALL {
            let words = Words { language: *language, tenant: "Acme" };
            let letters = [
                words.password_reset("https://a.example/x"),
                words.password_changed(),
                words.verify_email("https://a.example/x", "123456"),
                words.welcome("https://a.example/x"),
                words.change_email("https://a.example/x"),
                words.email_changed("new@a.example"),
                words.account_exists("https://a.example/x"),
                words.second_factor("123456"),
                words.factor_added(),
                words.passkey_added(),
                words.account_linked("Corp"),
                words.unusual_sign_in("Firefox on Linux", false),
                words.unusual_sign_in("Firefox on Linux", true),
                words.invitation("Ada", "https://a.example/x", 7),
            ];
            for letter in letters {
                let shown = format!("{letter:?}");
                assert!(shown.contains("Acme") && !shown.contains("{}") && !shown.contains('#'), "{shown}");
            }
            for text in [words.phone_code("123456"), words.second_factor_text("123456")] {
                assert!(
                    text.starts_with("123456 ") && text.contains("Acme") && !text.contains("{}"),
                    "{text}"
                );
            }
        }
    }
}
