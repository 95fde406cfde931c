"""Writes tests/fixtures/label-studio/: what a running Label Studio exports of a small classification project, as JSON and as JSON-MIN.

Starts the server with a database of its own in a temporary folder, makes the project by its API as a person does in the browser (some
pictures uploaded, others below a folder that it serves), labels it, exports it, and ends the server. The pictures are not kept:
tests draw their own under these names.

    python scripts/label-studio/export-fixture.py

Needs Python with: pip install label-studio==1.23.2
"""

import io
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path

from PIL import Image

FOLDER = Path(__file__).parents[2] / "tests" / "fixtures" / "label-studio"
PORT = 8766
ADDRESS = f"http://127.0.0.1:{PORT}"
TOKEN = secrets.token_hex(20)
CLASSES = ["ant", "bee", "蜜蜂", 'tiger "beetle" & co']

LABELLING = """<View>
  <Image name="image" value="$image"/>
  <Choices name="choice" toName="image" choice="single">
    <Choice value="ant"/>
    <Choice value="bee"/>
    <Choice value="蜜蜂"/>
    <Choice value="tiger &quot;beetle&quot; &amp; co"/>
  </Choices>
</View>
"""

# Names of pictures, and the choices of each annotation in its order; None: skipped.
UPLOADED = {
    "ant 1.jpg": ["ant"],
    "ant-2.jpg": ["ant"],
    "bee (1).jpg": ["bee"],
    "bee_2.jpg": ["bee", "bee"],
    "蜜蜂 1.jpg": ["蜜蜂"],
    "beetle.png": ['tiger "beetle" & co'],
    "unlabelled.jpg": [],
}
SERVED = {
    "meadow/ant 3.jpg": ["ant"],
    "meadow/bee+3.jpg": [None, "bee"],
    "meadow/skipped.jpg": [None],
    "meadow/unclear.jpg": ["ant", "bee"],
    "meadow/草地/蜜蜂 2.jpg": ["蜜蜂"],
}


def picture(index: int, name: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (24, 16), (20 * index, 90, 160)).save(file, "PNG" if name.endswith("png") else "JPEG")
    return file.getvalue()


def call(method: str, path: str, body: bytes | dict | None = None, kind: str = "application/json") -> bytes:
    data = json.dumps(body).encode() if isinstance(body, dict) else body
    request = urllib.request.Request(
        f"{ADDRESS}{path}",
        data,
        {"Authorization": f"Token {TOKEN}", "Content-Type": kind},
        method=method,
    )
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        raise SystemExit(f"{method} {path}: {error.code} {error.read().decode()[:2000]}") from error


def post(path: str, body: dict) -> dict:
    return json.loads(call("POST", path, body))


def upload(project: int, name: str, content: bytes) -> None:
    border = uuid.uuid4().hex
    head = f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = head.encode() + content + f"\r\n--{border}--\r\n".encode()
    call("POST", f"/api/projects/{project}/import", body, f"multipart/form-data; boundary={border}")


def tasks_of(project: int) -> list[dict]:
    return json.loads(call("GET", f"/api/tasks/?project={project}&page_size=100&fields=all"))["tasks"]


def annotate(task: int, choices: list[str | None]) -> None:
    for choice in choices:
        chosen = {
            "from_name": "choice",
            "to_name": "image",
            "type": "choices",
            "value": {"choices": [choice]},
        }
        result = [] if choice is None else [chosen]
        body = {"result": result, "was_cancelled": choice is None, "lead_time": 1.5}
        post(f"/api/tasks/{task}/annotations/", body)


def label(project: int, served: Path) -> None:
    given: dict[int, list[str | None]] = {}
    known: set[int] = set()

    def add(choices: list[str | None]) -> None:
        for task in tasks_of(project):
            if task["id"] not in known:
                known.add(task["id"])
                given[task["id"]] = choices

    for index, (name, choices) in enumerate(UPLOADED.items()):
        upload(project, name, picture(index, name))
        add(choices)
    # One folder after another, so that each new task is known by its picture.
    for index, (name, choices) in enumerate(SERVED.items()):
        path = served / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture(len(UPLOADED) + index, name))
        if index == 0:
            storage = post(
                "/api/storages/localfiles/",
                {
                    "project": project,
                    "path": str(served / "meadow"),
                    "use_blob_urls": True,
                    "regex_filter": r".*\.jpg",
                    "recursive_scan": True,
                },
            )
        post(f"/api/storages/localfiles/{storage['id']}/sync", {})
        add(choices)
    for task, choices in given.items():
        annotate(task, choices)
    if len(given) != len(UPLOADED) + len(SERVED):
        raise SystemExit(f"expected {len(UPLOADED) + len(SERVED)} tasks, got {len(given)}")
    # What a model proposes is no label.
    unlabelled = list(given)[list(UPLOADED).index("unlabelled.jpg")]
    proposed = [{"from_name": "choice", "to_name": "image", "type": "choices", "value": {"choices": ["bee"]}}]
    post("/api/predictions/", {"task": unlabelled, "result": proposed, "score": 0.5, "model_version": "none"})


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as base:
        served = Path(base, "served")
        served.mkdir()
        environment = {
            **os.environ,
            "LABEL_STUDIO_BASE_DATA_DIR": str(Path(base, "data")),
            "LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED": "true",
            "LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT": str(served),
            "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
            "COLLECT_ANALYTICS": "False",
            "LATEST_VERSION_CHECK": "False",
            "SENTRY_DSN": "",
            "FRONTEND_SENTRY_DSN": "",
        }
        program = str(Path(sys.executable).with_name("label-studio"))
        command = [program, "start", "--no-browser", "--port", str(PORT), "--internal-host", "127.0.0.1"]
        command += ["--username", "labeller@example.org", "--password", secrets.token_hex(8)]
        command += ["--user-token", TOKEN]
        log = open(Path(base, "log"), "w")
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
        try:
            for _ in range(300):
                try:
                    version = json.loads(urllib.request.urlopen(f"{ADDRESS}/api/version", timeout=5).read())
                    break
                except OSError:
                    if server.poll() is not None:
                        raise SystemExit(Path(base, "log").read_text()[-4000:])
                    time.sleep(1)
            else:
                raise SystemExit("Label Studio did not answer within five minutes.")
            project = post("/api/projects", {"title": "insects", "label_config": LABELLING})["id"]
            label(project, served)
            for kind, name in [("JSON", "export.json"), ("JSON_MIN", "export-min.json")]:
                path = f"/api/projects/{project}/export?exportType={kind}&download_all_tasks=true"
                exported = json.loads(call("GET", path))
                text = json.dumps(exported, ensure_ascii=False, indent=1, sort_keys=True)
                (FOLDER / name).write_text(text + "\n")
                print(f"{name}: {len(exported)} tasks, Label Studio {version['release']}")
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait()
            log.close()


if __name__ == "__main__":
    main()
