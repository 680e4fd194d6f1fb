(async () => {
  const form = document.getElementById("passkey-form");
  const Credential = window.PublicKeyCredential;
  if (!form || !Credential || !Credential.parseRequestOptionsFromJSON) return;
  const ask = async (mediation, signal) => {
    const answer = await fetch(form.dataset.challenge, { method: "POST", credentials: "omit" });
    if (!answer.ok) throw new Error(String(answer.status));
    const { data } = await answer.json();
    const publicKey = Credential.parseRequestOptionsFromJSON(data.public_key);
    const credential = await navigator.credentials.get({ publicKey, mediation, signal });
    form.elements.passkey_token.value = data.passkey_token;
    form.elements.credential.value = JSON.stringify(credential.toJSON());
    form.submit();
  };
  const waiting = new AbortController();
  const failed = document.getElementById("passkey-failed");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    failed.hidden = true;
    waiting.abort();
    ask("optional").catch(() => {
      failed.hidden = false;
    });
  });
  form.hidden = false;
  if (await Credential.isConditionalMediationAvailable?.()) ask("conditional", waiting.signal).catch(() => {});
})();
