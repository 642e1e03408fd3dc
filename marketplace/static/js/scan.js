// The scanner: the camera where a browser reads barcodes itself, and beeps in a row without a new
// page. A hardware scanner types and presses Enter; everything here works without this module, too.
const place = document.querySelector('[data-scanner]');
const form = place.querySelector('[data-scan-form]');
const field = form.elements.code;
const told = place.querySelector('[data-scan-told]');
const REST = 1500; // the same code again within this time is the same look at it

function tell(text) {
  told.textContent = text;
  told.hidden = !text;
}

// --- beeps in a row ------------------------------------------------------------------------------

let line = Promise.resolve();

async function send(data) {
  const answer = await fetch(form.action, { method: 'POST', body: data });
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const list = page.querySelector('[data-scan-list]');
  if (!list) throw new Error(answer.status);
  document.querySelector('[data-scan-list]').replaceWith(document.adoptNode(list));
  // What is wrong with the code itself stands above the field.
  const wrong = page.querySelector('.scanner__told:not([data-scan-told])');
  tell(wrong ? wrong.textContent : '');
  return answer.ok;
}

if (place.hasAttribute('data-busy')) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const code = field.value.trim();
    if (!code) return;
    const data = new FormData(form);
    // Each beep is one act, however often it arrives.
    data.set('client_id', crypto.randomUUID());
    field.value = '';
    field.focus();
    line = line.then(() => send(data)).catch(() => {
      tell(`${code}: ${place.dataset.lost}`);
      if (!field.value) field.value = code;
    });
  });
  // A number typed instead is saved when one leaves it.
  document.addEventListener('change', ({ target }) => {
    if (target.matches('.beep .units') && target.checkValidity()) target.form.requestSubmit();
  });
}

// --- the camera ----------------------------------------------------------------------------------

const button = place.querySelector('[data-scan-camera]');
const video = place.querySelector('[data-scan-video]');
const KINDS = ['ean_13', 'ean_8', 'upc_a', 'code_128'];
let stream = null;
let last = { code: '', at: 0 };

async function kinds() {
  if (!('BarcodeDetector' in window) || !navigator.mediaDevices?.getUserMedia) return [];
  const known = await BarcodeDetector.getSupportedFormats();
  return KINDS.filter((kind) => known.includes(kind));
}

function stop() {
  stream?.getTracks().forEach((track) => track.stop());
  stream = null;
  video.hidden = true;
  button.setAttribute('aria-pressed', 'false');
}

function seen(code) {
  const now = Date.now();
  if (code === last.code && now - last.at < REST) {
    last.at = now;
    return;
  }
  last = { code, at: now };
  navigator.vibrate?.(60);
  field.value = code;
  if (!place.hasAttribute('data-busy')) stop();
  form.requestSubmit();
}

async function look(detector) {
  if (!stream) return;
  try {
    const [found] = await detector.detect(video);
    if (found) seen(found.rawValue);
  } catch {
    // No picture yet.
  }
  setTimeout(() => look(detector), 120);
}

async function start(formats) {
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
  } catch {
    tell(place.dataset.noCamera);
    return;
  }
  tell('');
  video.srcObject = stream;
  video.hidden = false;
  button.setAttribute('aria-pressed', 'true');
  await video.play();
  look(new BarcodeDetector({ formats }));
}

kinds().then((formats) => {
  if (!formats.length) return;
  button.hidden = false;
  // Permission is asked for when somebody wants the camera, not before.
  button.addEventListener('click', () => (stream ? stop() : start(formats)));
  window.addEventListener('pagehide', stop);
}, () => {});
