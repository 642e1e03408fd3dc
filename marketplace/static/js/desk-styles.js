// The editor of translations brings a library (styled-components) that writes its rules into empty
// style elements, which the policy refuses. Rules that a script adds to a sheet of the document are
// allowed, so it gets such a sheet instead.
(() => {
  const create = document.createElement.bind(document);

  document.createElement = (name, options) => {
    if (String(name).toLowerCase() !== 'style') return create(name, options);
    const sheet = new CSSStyleSheet();
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    return Object.defineProperty(create('template'), 'sheet', { value: sheet });
  };
})();
