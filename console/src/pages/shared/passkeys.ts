/** Passkeys in this browser: whether there can be any, and the two questions that authenticators answer. */

/** Whether the browser speaks WebAuthn with JSON (Web Authentication Level 3, 5.1.9). */
export function hasPasskeys(): boolean {
  return typeof PublicKeyCredential !== 'undefined' && 'parseRequestOptionsFromJSON' in PublicKeyCredential;
}

/** Nobody answered: the reader has cancelled, or it took too long. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** This authenticator has a passkey for the account already. */
export class KnownHere extends Error {
  override readonly name = 'KnownHere';
}

async function asked(credential: Promise<Credential | null>): Promise<unknown> {
  try {
    const answer = await credential;
    if (answer instanceof PublicKeyCredential) {
      return answer.toJSON();
    }
  } catch (error) {
    const name = error instanceof DOMException ? error.name : '';
    if (name === 'InvalidStateError') {
      throw new KnownHere();
    }
    if (name !== 'NotAllowedError' && name !== 'AbortError') {
      throw error;
    }
  }
  throw new NoAnswer();
}

/** Ask for a passkey to sign in with; `options` as the server gives them. */
export function askPasskey(options: unknown): Promise<unknown> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as PublicKeyCredentialRequestOptionsJSON);
  return asked(navigator.credentials.get({ publicKey }));
}

/** Have a passkey made; `options` as the server gives them. */
export function makePasskey(options: unknown): Promise<unknown> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as PublicKeyCredentialCreationOptionsJSON);
  return asked(navigator.credentials.create({ publicKey }));
}
