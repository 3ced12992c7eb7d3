// The one script of every page. htmx reads its settings from <meta name="htmx-config">.
// Each module finds its own elements; none needs another one, and no page needs any of them.
import "./places.js";
import "./requests.js";
import "./menus.js";
import "./help.js";
import "./palette.js";
import "./dialogs.js";
import "./quick.js";
import "./picker.js";
import "./forms.js";
import "./drafts.js";
import "./lists.js";
import "./calendar.js";
import "./clocks.js";
import "./toasts.js";
import "./keys.js";
import "./record.js";
import "./why.js";
import "./boards.js";
import "./follow.js";
