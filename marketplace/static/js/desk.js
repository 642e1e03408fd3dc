// Starts the widgets of the desk, whose inline scripts the policy refuses: their name and arguments
// stand in the page as data. SECURITY: only the functions named here are ever called.
(() => {
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
  }

  document.addEventListener('DOMContentLoaded', () => {
    look(document.documentElement);
    new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach(look)))
      .observe(document.documentElement, { childList: true, subtree: true });
  });
})();
