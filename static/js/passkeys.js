// Passkeys: the browser makes or uses one, and the form carries its answer.

function bytes(text) {
  const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

function text(buffer) {
  let plain = '';
  new Uint8Array(buffer).forEach((byte) => { plain += String.fromCharCode(byte); });
  return btoa(plain).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

function asked(options) {
  const known = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));
  const wanted = { ...options, challenge: bytes(options.challenge) };
  if (options.user) wanted.user = { ...options.user, id: bytes(options.user.id) };
  if (options.excludeCredentials) wanted.excludeCredentials = known(options.excludeCredentials);
  if (options.allowCredentials) wanted.allowCredentials = known(options.allowCredentials);
  return wanted;
}

function answered(credential) {
  const response = {};
  ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle'].forEach((name) => {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  });
  return JSON.stringify({
    id: credential.id, rawId: text(credential.rawId), type: credential.type, response, clientExtensionResults: {},
  });
}

document.querySelectorAll('form[data-passkey]').forEach((form) => {
  const go = form.querySelector('[data-passkey-go]');
  const said = form.querySelector('[data-passkey-said]');
  if (!window.PublicKeyCredential) { said.hidden = false; return; }
  go.hidden = false;
  form.querySelector('[data-passkey-without]').hidden = true;
  go.addEventListener('click', async () => {
    said.hidden = true;
    go.disabled = true;
    try {
      const publicKey = asked(JSON.parse(form.dataset.options));
      const credential = await navigator.credentials[form.dataset.passkey]({ publicKey });
      form.querySelector('input[name="answer"]').value = answered(credential);
      form.submit();
    } catch (refused) {
      go.disabled = false;
      said.hidden = false;
    }
  });
});
