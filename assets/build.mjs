// Builds the workspace's style sheets, scripts, icons and fonts into static/dist, with a manifest of hashes.
//
//   node assets/build.mjs          writes static/dist
//   node assets/build.mjs --check  writes nothing; exit 1 when a built file would differ
//
// The manifest lists the SHA-256 of every output and of every source, so that a forgotten build is seen without Node,
// and the classes of the vendored style sheet that were left out, so that a page that begins to use one is seen too.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { classesOf, cut, namedIn } from "./cut.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const out = join(root, "src/headway/interfaces/web/static/dist");
const modules = join(root, "node_modules");
const SUBSETS = ["latin", "latin-ext", "greek", "cyrillic", "vietnamese"];

// The sources whose change asks for a new build: ours, and the lock that pins what is vendored.
function sources() {
  const own = readdirSync(join(root, "assets"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
  return [...own, "package.json", "package-lock.json"].sort();
}

// Licence comments stay; the addresses in them go, for no built file may name an outside host.
function withoutAddresses(text) {
  return text.replace(/\/\*![\s\S]*?\*\//g, (comment) => comment.replace(/ ?\(?https?:\/\/[^\s)]+\)?/g, ""));
}

function textsIn(folder, kind) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && kind.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
}

// What can name a class that is shown: templates, the pages' code and the scripts.
const naming = [...textsIn("src/headway/interfaces/web", /\.(?:html|py)$/), ...textsIn("assets/ts", /\.ts$/)];
const styles = [...textsIn("assets/css", /\.css$/), ...naming].join("\n");
const isNamed = namedIn(naming);
const vendored = withoutAddresses(readFileSync(join(modules, "@tabler/core/dist/css/tabler.min.css"), "utf8"));
const vendoredClasses = [...classesOf(vendored)].sort();

// A check builds without what the last build left out, so that only a class that is missing asks for a new one.
function leftOut() {
  const unnamed = vendoredClasses.filter((name) => !isNamed(name));
  if (!process.argv.includes("--check") || !existsSync(join(out, "manifest.json"))) return unnamed;
  const before = new Set(JSON.parse(readFileSync(join(out, "manifest.json"), "utf8")).left_out.split(" "));
  return unnamed.filter((name) => before.has(name));
}

const missing = leftOut();
const vendoredCss = {
  name: "vendored-css",
  setup(build) {
    build.onLoad({ filter: /tabler\.min\.css$/ }, () => ({
      contents: cut(vendored, new Set(missing), (name) => new RegExp(`${name}(?![\\w-])`).test(styles)),
      loader: "css",
    }));
  },
};

function fonts() {
  const folder = join(modules, "@fontsource-variable/inter");
  const css = readFileSync(join(folder, "index.css"), "utf8");
  const faces = [];
  const files = new Map();
  for (const subset of SUBSETS) {
    const name = `inter-${subset}-wght-normal.woff2`;
    const face = css.split("@font-face").find((part) => part.includes(`/${name}`));
    const range = /unicode-range:\s*([^;}]+)/.exec(face)[1].trim();
    files.set(`fonts/${name}`, readFileSync(join(folder, "files", name)));
    faces.push(
      `@font-face{font-family:"Inter Variable";font-style:normal;font-display:swap;font-weight:100 900;` +
        `src:url("./fonts/${name}") format("woff2");unicode-range:${range}}`,
    );
  }
  return { css: faces.join("\n"), files };
}

// State is shown by shape as well as by colour and word; these four shapes are our own.
const SHAPES = {
  "rag-green": '<circle cx="12" cy="12" r="8" fill="currentColor"/>',
  "rag-amber": '<path d="M12 3.5 21.5 20.5h-19z" fill="currentColor" stroke="currentColor" stroke-linejoin="round"/>',
  "rag-red": '<path d="M12 2.5 21.5 12 12 21.5 2.5 12z" fill="currentColor" stroke="currentColor" stroke-linejoin="round"/>',
  "rag-grey": '<circle cx="12" cy="12" r="7" fill="none" stroke="currentColor" stroke-width="3" stroke-dasharray="4.4 2.93"/>',
};

function sprite() {
  const names = JSON.parse(readFileSync(join(root, "assets/icons.json"), "utf8"));
  const symbols = names.map((name) => {
    const svg = readFileSync(join(modules, "@tabler/icons/icons/outline", `${name}.svg`), "utf8");
    const paths = [...svg.matchAll(/<(path|circle|rect|line)[^>]*\/>/g)].map((match) => match[0]).join("");
    return (
      `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" ` +
      `stroke-linecap="round" stroke-linejoin="round">${paths}</symbol>`
    );
  });
  for (const [name, shape] of Object.entries(SHAPES)) {
    symbols.push(`<symbol id="${name}" viewBox="0 0 24 24">${shape}</symbol>`);
  }
  const mark = readFileSync(join(root, "assets/mark.svg"), "utf8");
  const inner = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(mark)[1].trim();
  symbols.push(`<symbol id="mark" viewBox="0 0 24 24">${inner}</symbol>`);
  return `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
}

async function bundle(entry, options) {
  const result = await esbuild.build({
    entryPoints: [join(root, "assets", entry)],
    bundle: true,
    minify: true,
    write: false,
    charset: "utf8",
    legalComments: "inline",
    target: ["chrome120", "firefox121", "safari17.2"],
    logLevel: "warning",
    ...options,
  });
  return Buffer.from(result.outputFiles[0].contents);
}

async function outputs() {
  const files = new Map();
  const font = fonts();
  const css = await bundle("css/headway.css", { plugins: [vendoredCss], external: ["*.woff2"] });
  files.set("headway.css", Buffer.concat([Buffer.from(`@charset "UTF-8";\n${font.css}\n`), css]));
  files.set("app.js", await bundle("ts/app.ts", { format: "iife" }));
  files.set("theme.js", await bundle("ts/theme.ts", { format: "iife" }));
  files.set("gantt.css", await bundle("css/gantt.css", {}));
  files.set("gantt.js", await bundle("ts/gantt.ts", { format: "iife" }));
  files.set("icons.svg", Buffer.from(sprite()));
  files.set("mark.svg", readFileSync(join(root, "assets/mark.svg")));
  for (const [name, content] of [...files]) files.set(`${name}.gz`, gzipSync(content, { level: 9 }));
  for (const [name, content] of font.files) files.set(name, content);
  return files;
}

const digest = (content) => createHash("sha256").update(content).digest("hex");

const files = await outputs();
const manifest = {
  outputs: Object.fromEntries([...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, content]) => [name, digest(content)])),
  sources: Object.fromEntries(sources().map((name) => [name, digest(readFileSync(join(root, name)))])),
  left_out: missing.join(" "),
};
files.set("manifest.json", Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));

if (process.argv.includes("--check")) {
  const stale = [...files].filter(([name, content]) => {
    const path = join(out, name);
    if (!existsSync(path)) return true;
    // Another version of zlib may compress the same bytes otherwise.
    const plain = (bytes) => (name.endsWith(".gz") ? gunzipSync(bytes) : bytes);
    return name !== "manifest.json" && !plain(readFileSync(path)).equals(plain(content));
  });
  for (const [name] of stale) console.error(`static/dist/${name} differs from its sources; run: make assets`);
  process.exit(stale.length ? 1 : 0);
}

rmSync(out, { recursive: true, force: true });
for (const [name, content] of files) {
  mkdirSync(dirname(join(out, name)), { recursive: true });
  writeFileSync(join(out, name), content);
  console.log(`${String(content.length).padStart(8)}  ${name}`);
}
