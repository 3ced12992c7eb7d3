// htmx as `app.js` has loaded it: a second script of a page must not bring another one.
export default window.htmx;
