// The plan page's own bundle.
import { Gantt } from "./gantt/element";

customElements.define("x-gantt", Gantt);
