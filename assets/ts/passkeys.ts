// Passkeys and security keys: asks the browser for a credential and posts it with the form the button stands in.
// The server's options and the answer are JSON in WebAuthn Level 3's own form (bytes as base64url).
type Json = Record<string, unknown>;


async function options(button: HTMLElement): Promise<Json> {
  const id = button.dataset["passkeyOptions"];
  if (id) return JSON.parse(document.getElementById(id)?.textContent ?? "{}") as Json;
  const form = button.closest("form");
  const response = await fetch(form?.action ?? "", { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`The server answered ${response.status}.`);
  return (await response.json()) as Json;
}

function publicKey(source: Json, name: "request_options" | "creation_options"): Json {
  return ((source[name] as Json)["publicKey"] ?? source[name]) as Json;
}

async function create(button: HTMLElement): Promise<Credential | null> {
  const wanted = publicKey(await options(button), "creation_options");
  const box = document.getElementById(button.dataset["passkeyAlone"] ?? "");
  const alone = box instanceof HTMLInputElement && box.checked;
  wanted["authenticatorSelection"] = {
    ...(wanted["authenticatorSelection"] as Json),
    residentKey: alone ? "required" : "discouraged",
    requireResidentKey: alone,
    ...(alone ? { userVerification: "required" } : {}),
  };
  const parsed = PublicKeyCredential.parseCreationOptionsFromJSON(wanted as unknown as PublicKeyCredentialCreationOptionsJSON);
  return navigator.credentials.create({ publicKey: parsed });
}

async function get(button: HTMLElement): Promise<Credential | null> {
  const wanted = publicKey(await options(button), "request_options");
  const parsed = PublicKeyCredential.parseRequestOptionsFromJSON(wanted as unknown as PublicKeyCredentialRequestOptionsJSON);
  return navigator.credentials.get({ publicKey: parsed });
}

function explain(error: unknown): string {
  if (typeof PublicKeyCredential === "undefined") return "This browser knows no passkeys. Use another way to sign in.";
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError") return "The browser got no answer from the key. Try once more, or use another way.";
  if (name === "InvalidStateError") return "This key is set up already.";
  return "The key could not be used here. Use another way to sign in.";
}

async function use(button: HTMLElement): Promise<void> {
  const form = button.closest("form");
  const field = document.getElementById(button.dataset["passkeyCredential"] ?? "");
  const words = form?.querySelector<HTMLElement>("[data-passkey-error]");
  if (!form || !(field instanceof HTMLInputElement)) return;
  try {
    const credential = button.dataset["passkey"] === "create" ? await create(button) : await get(button);
    if (!credential) return;
    field.value = JSON.stringify((credential as PublicKeyCredential).toJSON());
    form.submit();
  } catch (error) {
    if (!words) return;
    words.textContent = explain(error);
    words.hidden = false;
  }
}

export function listenForPasskeys(): void {
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-passkey]") : null;
    if (button) void use(button);
  });
}
