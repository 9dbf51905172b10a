#!/usr/bin/env node
/**
 * Builds the plugin of the project in the current folder into a component.
 *
 *     leadsman-build [SOURCE] [-o COMPONENT]
 *
 * SOURCE is `src/plugin.js` or `src/plugin.ts`, whose default export is the plugin class; COMPONENT is
 * `build/NAME.wasm`. Name, version and summary are those of `package.json`. esbuild puts source and imports into
 * one module and takes the types out; QuickJS starts with it, and is kept as it is then.
 */
import { cp, mkdtemp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

import { TraceMap, eachMapping } from "@jridgewell/trace-mapping";
import { componentize } from "componentize-qjs";
import { build } from "esbuild";

const SDK = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
/** The contracts: beside the SDKs in the repository, or packed with this one. */
const WIT = [path.join(SDK, "wit"), path.join(SDK, "..", "..", "wit")].find((folder) => existsSync(folder));
const COMPONENT = JSON.stringify(path.join(SDK, "src", "component.js"));

const { values, positionals } = parseArgs({ allowPositionals: true, options: { output: { type: "string", short: "o" } } });
try {
  await run(positionals[0], values.output);
} catch (error) {
  console.error(`leadsman-build: ${error.message ?? error}`);
  process.exitCode = 1;
}

async function run(given, output) {
  const project = JSON.parse(await readFile("package.json", "utf8"));
  const identity = {
    name: project.name.replace(/^@[^/]*\//, "").replace(/^leadsman-plugin-/, ""),
    version: project.version ?? "0.0.0",
    summary: project.description ?? "",
  };
  const source = given ?? ["src/plugin.ts", "src/plugin.js"].find((file) => existsSync(file));
  if (source === undefined) throw new Error("there is no src/plugin.js and no src/plugin.ts; name the source");
  const target = output ?? path.join("build", `${identity.name}.wasm`);
  const work = await mkdtemp(path.join(tmpdir(), "leadsman-build-"));
  try {
    const stages = await stagesIn(path.resolve(source), work);
    const { code, map } = await bundled(path.resolve(source), identity, stages);
    const bundle = `${code}\nglobalThis[Symbol.for("leadsman.places")] = ${JSON.stringify(placesIn(map))};\n`;
    const { component } = await componentize({
      witPath: await worldOf(stages, work), world: "this-plugin", jsSource: bundle, sync: true,
    });
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, component);
    console.log(`${target}: ${stages.join(", ")}; ${component.length} bytes`);
  } finally {
    await rm(work, { recursive: true });
  }
}

/** Which stages the plugin serves: it is loaded here, where nobody answers what it may ask the host. */
async function stagesIn(source, work) {
  const file = path.join(work, "look.mjs");
  const look = `export { default as plugin } from ${JSON.stringify(source)};
export { stagesOf, inspectSchema } from ${COMPONENT};`;
  await writeFile(file, (await esbuilt(look)).code);
  const { plugin, stagesOf, inspectSchema } = await import(pathToFileURL(file));
  if (typeof plugin !== "function") throw new Error(`${source} has no class as its default export`);
  inspectSchema(plugin.schema);
  const stages = stagesOf(plugin);
  if (stages.length === 0) throw new Error("the plugin has no stage: write `screen`, `score`, `route`, `review` or `credit`");
  return stages;
}

/** Source, SDK and what they import as one module that exports what the contracts ask for. */
function bundled(source, identity, stages) {
  const exported = ["plugin", ...stages].map((stage) => stage.replace("follow-up", "followUp"));
  return esbuilt(`import plugin from ${JSON.stringify(source)};
import { component } from ${COMPONENT};
import lists from "leadsman:rules/lists";
import calendar from "leadsman:rules/calendar";
const exported = component(plugin, ${JSON.stringify(identity)}, { lists, calendar });
${exported.map((name) => `const ${name}_ = exported.${name};`).join("\n")}
export { ${exported.map((name) => `${name}_ as ${name}`).join(", ")} };`);
}

async function esbuilt(entry) {
  const result = await build({
    stdin: { contents: entry, resolveDir: process.cwd(), loader: "js" },
    bundle: true, write: false, sourcemap: "external", sourcesContent: false, outfile: "<stdout>", format: "esm", target: "es2023", platform: "neutral",
    mainFields: ["module", "main"], external: ["leadsman:*"], loader: { ".json": "json" },
    alias: { "leadsman-sdk": path.join(SDK, "src", "index.js") }, logLevel: "silent",
  });
  const [map, code] = ["<stdout>.map", "<stdout>"].map((name) => result.outputFiles.find((file) => file.path.endsWith(name)).text);
  return { code, map };
}

/** Which line of the author's each line of the bundle was, where it was one: so that a mistake has a place. */
function placesIn(map) {
  const places = {};
  eachMapping(new TraceMap(map), ({ generatedLine, source, originalLine }) => {
    const file = source === null ? undefined : path.relative(process.cwd(), path.resolve(source));
    const isAuthors = file !== undefined && !file.startsWith("..") && !/^(\.leadsman|node_modules)\//.test(file) && existsSync(file);
    if (isAuthors) places[generatedLine] ??= `${file}:${originalLine}`;
  });
  return places;
}

/** The contracts with a world of just these stages. */
async function worldOf(stages, work) {
  const folder = path.join(work, "wit");
  await cp(WIT, folder, { recursive: true });
  const included = stages.map((stage) => `    include ${stage}-plugin;`).join("\n");
  const world = `package leadsman:rules@0.1.0;\n\nworld this-plugin {\n${included}\n}\n`;
  await writeFile(path.join(folder, "this-plugin.wit"), world);
  return folder;
}
