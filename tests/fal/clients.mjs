// What programs do with fal's own JavaScript client, against the studio: `node clients.mjs STUDIO WHAT`.
// Prints what it saw as one JSON object.

const [studio, what] = process.argv.slice(2);
const SMALL = { width: 256, height: 256 };

// A page with fal's proxy behind it, as the starter kit is: the string form works in a browser alone.
async function inPage() {
  globalThis.window = { document: {} };
  const { createFalClient } = await import("starter-kit");
  return createFalClient({ credentials: () => "local", proxyUrl: `${studio}/api/fal` });
}

async function inNode() {
  const { createFalClient } = await import("newest");
  return createFalClient({ credentials: "local", proxyUrl: { url: `${studio}/api/fal`, when: "always" } });
}

async function refused(work) {
  try {
    await work();
  } catch (error) {
    return { name: error.name, status: error.status, message: error.message, fields: error.fieldErrors, body: error.body };
  }
  return null;
}

// A tone's worth of WAV; `stuffing` bytes before the sound make it large without making it long.
function wav(seconds, stuffing = 0) {
  const rate = 8000, size = Math.round(seconds * rate) * 4, head = Buffer.alloc(52 + stuffing);
  head.write("RIFF", 0); head.writeUInt32LE(44 + stuffing + size, 4); head.write("WAVEJUNK", 8);
  head.writeUInt32LE(stuffing, 16);
  const fmt = 20 + stuffing;
  head.write("fmt ", fmt); head.writeUInt32LE(16, fmt + 4); head.writeUInt16LE(1, fmt + 8); head.writeUInt16LE(2, fmt + 10);
  head.writeUInt32LE(rate, fmt + 12); head.writeUInt32LE(rate * 4, fmt + 16); head.writeUInt16LE(4, fmt + 20);
  head.writeUInt16LE(16, fmt + 22); head.write("data", fmt + 24); head.writeUInt32LE(size, fmt + 28);
  return new Blob([head, Buffer.alloc(size, 7)], { type: "audio/wav" });
}

const WHAT = {
  async queue() {
    const fal = await inNode();
    const seen = { polled: [], streamed: [] };
    const ask = { prompt: "a fox at dawn", image_size: SMALL, seed: 7, unknown: [1, { two: 3 }], seconds_total: 30 };
    const polled = await fal.subscribe("fal-ai/flux/dev", {
      input: ask, logs: true, pollInterval: 50, onQueueUpdate: (now) => seen.polled.push(now),
    });
    const streamed = await fal.subscribe("fal-ai/flux/schnell", {
      input: ask, logs: true, mode: "streaming", connectionMode: "server", onQueueUpdate: (now) => seen.streamed.push(now),
    });
    const asked = await fal.queue.submit("fal-ai/flux/dev", { input: ask, priority: "low" });
    const run = await fal.run("fal-ai/flux/dev", { input: { ...ask, sync_mode: true } });
    const twice = await Promise.all([1, 2].map(() => fal.queue.submit("fal-ai/flux/dev", { input: ask })));
    return { ...seen, pictures: [polled, streamed], asked, run: run.data, twice };
  },

  async stream() {
    const fal = await inNode();
    const events = [];
    const stream = await fal.stream("fal-ai/flux/dev", { input: { prompt: "a pine", image_size: SMALL }, connectionMode: "server" });
    for await (const event of stream) events.push(event);
    return { events, done: await stream.done() };
  },

  async refusals() {
    const fal = await inNode();
    const long = await fal.queue.submit("fal-ai/minimax-music", { input: { prompt: "calm piano", duration: 60 } });
    const early = await refused(() => fal.queue.result("fal-ai/minimax-music", { requestId: long.request_id }));
    await fal.queue.cancel("fal-ai/minimax-music", { requestId: long.request_id });
    const status = await fal.queue.status("fal-ai/minimax-music", { requestId: long.request_id, logs: true });
    return {
      early, status,
      cancelled: await refused(() => fal.queue.result("fal-ai/minimax-music", { requestId: long.request_id })),
      again: await refused(() => fal.queue.cancel("fal-ai/minimax-music", { requestId: long.request_id })),
      missing: await refused(() => fal.subscribe("fal-ai/flux/dev", { input: {} })),
      wrong: await refused(() => fal.run("fal-ai/flux/dev", { input: { prompt: "x", image_size: { width: "wide", height: 1 } } })),
      unknown: await refused(() => fal.run("fal-ai/no-such-thing", { input: { prompt: "x" } })),
      nobody: await refused(() => fal.queue.status("fal-ai/flux", { requestId: "nobody" })),
      inside: await refused(() => fal.run("fal-ai/flux/dev", { input: { prompt: "x", image_url: "http://169.254.169.254/a.png" } })),
    };
  },

  async uploads() {
    const fal = await inNode();
    const url = await fal.storage.upload(new File([wav(1)], "a tone.wav", { type: "audio/wav" }));
    const large = await fal.storage.upload(new File([wav(1, 92 << 20)], "long.wav", { type: "audio/wav" }));
    const asked = await fal.subscribe("fal-ai/ffmpeg-api/metadata", { input: { media_url: wav(2) }, pollInterval: 50 });
    const token = await (await fetch(`${studio}/fal/tokens/`, { method: "POST" })).json();
    return { url, large, media: asked.data.media, token };
  },

  // What the starter kit's page does from an idea to an export, with the inputs it sends and the client it locks.
  async film() {
    const fal = await inPage();
    const ids = await project();
    const said = { aspect_ratio: "16:9", image_size: "landscape_16_9", seconds_total: 2 };
    const made = {};
    const make = async (name, id, input) => {
      const { request_id } = await fal.queue.submit(id, { input });
      await fal.queue.subscribeToStatus(id, { requestId: request_id, pollInterval: 50 });
      made[name] = (await fal.queue.result(id, { requestId: request_id })).data;
      return resolve(made[name]);
    };
    const image = await make("image", "fal-ai/flux/schnell", { prompt: "a harbour at dusk", ...said });
    const video = await make("video", "fal-ai/kling-video/v1.5/pro/image-to-video", {
      prompt: "boats rock", image_url: image, ...said, duration: "1", resolution: "360p",
    });
    const music = await make("music", "fal-ai/stable-audio", { prompt: "slow accordion", ...said });
    const voice = await make("voice", "fal-ai/playai/tts/dialog", {
      prompt: "It was late.", input: "Speaker 1: It was late.\nSpeaker 2: So it was.", ...said,
      voices: [{ voice: "Jennifer", turn_prefix: "Speaker 1: " }, { voice: "Furio", turn_prefix: "Speaker 2: " }],
    });
    const own = await uploaded();
    for (const [name, media_url] of Object.entries({ video, music, voice, own })) {
      const { data } = await fal.subscribe("fal-ai/ffmpeg-api/metadata", {
        input: { media_url, extract_frames: true }, mode: "streaming",
      });
      made[`${name} metadata`] = data.media;
    }
    made.waveform = (await fal.subscribe("fal-ai/ffmpeg-api/waveform", {
      input: { media_url: music, points_per_second: 5, precision: 3 },
    })).data;
    const key = (timestamp, duration, url) => ({ timestamp, duration, url });
    const tracks = [
      { id: "v", type: "video", keyframes: [key(0, 500.5, image), key(500.5, 1000, video), key(1800, 200, null)] },
      { id: "m", type: "audio", keyframes: [key(0, 1500.25, music)] },
      { id: "s", type: "audio", keyframes: [key(250, 900, voice)] },
    ];
    const { data } = await fal.subscribe("fal-ai/ffmpeg-api/compose", { input: { tracks }, mode: "polling", pollInterval: 50 });
    return { ...made, own, compose: data, title: ids };

    async function project() {
      const { data } = await fal.subscribe("fal-ai/any-llm", {
        input: {
          model: "meta-llama/llama-3.2-1b-instruct",
          system_prompt: "Answer with JSON that has a title and a description.",
          prompt: "A short film about an old harbour and the fishermen who left it",
        },
      });
      return JSON.parse(data.output);
    }

    // As uploadthing's client does it from the page's browser, which asks first whether it may.
    async function uploaded() {
      const files = [{ name: "my tone.wav", size: 32044, type: "audio/wav", lastModified: 1 }];
      const [place] = await (await fetch(`${studio}/api/uploadthing?actionType=upload&slug=fileUploader`, {
        method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ input: null, files }),
      })).json();
      const look = await fetch(place.url, { method: "HEAD" });
      const form = new FormData();
      form.append("file", wav(1.5), place.name);
      const sent = await fetch(place.url, { method: "PUT", body: form, headers: { range: `bytes=${look.headers.get("x-ut-range-start")}-` } });
      return (await sent.json()).url;
    }
  },
};

// The starter kit's own way to find the file in an answer.
function resolve(data) {
  if (data.images?.length) return data.images[0].url;
  for (const key of ["image", "video", "audio", "audio_file", "audio_url"]) {
    if (data[key] && "url" in data[key]) return data[key].url;
  }
  throw new Error(`no media in ${JSON.stringify(data)}`);
}

console.log(JSON.stringify(await WHAT[what]()));
