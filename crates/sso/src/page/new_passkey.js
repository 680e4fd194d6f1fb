(() => {
  const form = document.getElementById("new-passkey-form");
  const Credential = window.PublicKeyCredential;
  if (!form || !Credential || !Credential.parseCreationOptionsFromJSON) return;
  const failed = document.getElementById("passkey-failed");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    failed.hidden = true;
    try {
      const publicKey = Credential.parseCreationOptionsFromJSON(JSON.parse(form.dataset.options));
      const credential = await navigator.credentials.create({ publicKey });
      form.elements.credential.value = JSON.stringify(credential.toJSON());
      form.submit();
    } catch {
      failed.hidden = false;
    }
  });
  form.hidden = false;
  document.getElementById("passkey-missing").hidden = true;
})();
