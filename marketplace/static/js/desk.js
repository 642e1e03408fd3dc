// Starts the widgets of the desk, whose inline scripts the policy refuses: their name and arguments
// stand in the page as data. SECURITY: only the functions named here are ever called.
(() => {
  const script = document.currentScript;
  const KNOWN = new Set([
    'initDateChooser', 'initTimeChooser', 'initDateTimeChooser', 'createTaskChooser', 'InlinePanel',
    'MultipleChooserPanel', 'PageChooser', 'ImageChooser', 'DocumentChooser', 'SnippetChooser', 'Chooser',
  ]);
  const PLACE = '[data-desk-start]';

  function start(place) {
    if (place.dataset.started || place.closest('template')) return;
    place.dataset.started = 'yes';
    const call = JSON.parse(place.querySelector('script').textContent);
    const known = KNOWN.has(call.name) ? window[call.name] : undefined;
    if (!known) {
      console.error(`The desk knows no ${call.name}.`);
    } else if (call.new) {
      new known(...call.arguments);
    } else {
      known(...call.arguments);
    }
  }

  function look(node) {
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    if (node.matches(PLACE)) start(node);
    node.querySelectorAll(PLACE).forEach(start);
    if (node.matches(RULE)) askCount(node);
    node.querySelectorAll(RULE).forEach(askCount);
  }

  // The page for translating asks these addresses when one of its choosers is opened.
  function tellChooserUrls() {
    const place = document.querySelector('[data-chooser-urls]');
    if (place) window.chooserUrls = { ...place.dataset, ...window.chooserUrls };
  }

  // "Goods by rule" says how many goods fit, a moment after one has stopped writing.
  const RULE = '[data-goods-rule]';
  const waiting = new WeakMap();

  function askCount(rule) {
    clearTimeout(waiting.get(rule));
    waiting.set(rule, setTimeout(() => count(rule), 400));
  }

  async function count(rule) {
    const asked = new URLSearchParams();
    rule.querySelectorAll('input[name], select[name]').forEach((field) => {
      const name = field.name.split('-').pop();
      if (!['category', 'words', 'price', 'shop', 'today'].includes(name)) return;
      if (field.type !== 'checkbox' || field.checked) asked.set(name, field.value);
    });
    const answer = await fetch(`${script.dataset.countAt}?${asked}`);
    if (!answer.ok || !answer.headers.get('content-type').includes('json')) return;
    const { text } = await answer.json();
    let place = rule.querySelector(':scope > output');
    if (!place) {
      place = document.createElement('output');
      place.className = 'help-block help-info';
      rule.append(place);
    }
    place.textContent = text;
    place.hidden = !text;
  }

  function changed({ target }) {
    const rule = target.closest?.(RULE);
    if (rule) askCount(rule);
  }
  document.addEventListener('input', changed);
  document.addEventListener('change', changed);

  document.addEventListener('change', ({ target }) => {
    if (target.name !== 'select_all') return;
    target.form.querySelectorAll('[name="locales"]').forEach((box) => { box.checked = target.checked; });
  });

  // RACE: the editor saves by itself half a second after a change. A button pressed in that moment
  // would send the same new page twice, and the second is refused for its address. It waits instead.
  // And once a button's own request is on its way, the editor saves nothing more by itself.
  let saving = false;
  let leaving = false;
  let pressed = null;

  document.addEventListener('w-autosave:save', (event) => {
    if (leaving) event.preventDefault();
    else saving = true;
  });
  ['w-autosave:success', 'w-autosave:error'].forEach((ending) => document.addEventListener(ending, () => {
    saving = false;
    // What was changed meanwhile is saved next: it begins before this timer.
    setTimeout(() => {
      if (saving || !pressed) return;
      const button = pressed;
      pressed = null;
      const { disabled } = button;
      button.disabled = false; // or its name, the action, would not be sent
      button.form.requestSubmit(button);
      button.disabled = disabled;
    });
  }));
  document.addEventListener('submit', (event) => {
    if (!event.target.matches('[data-edit-form]')) return;
    if (!saving || !event.submitter) {
      leaving = true;
      setTimeout(() => { leaving = !event.defaultPrevented; });
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    pressed = event.submitter;
  }, true);

  window.addEventListener('pageshow', () => { leaving = false; });

  document.addEventListener('DOMContentLoaded', () => {
    tellChooserUrls();
    look(document.documentElement);
    new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach(look)))
      .observe(document.documentElement, { childList: true, subtree: true });
  });
})();
