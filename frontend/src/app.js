// The one script of every page. htmx reads its settings from <meta name="htmx-config">.
import htmx from "htmx.org";

window.htmx = htmx;
