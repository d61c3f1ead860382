"""The files of the web app, on the port of the WebSocket."""

from pathlib import Path

from aiohttp import web

from clients.manifest import CONTENT_TYPES, Manifest, cache_control


class StaticFiles:
    """Serves a web app, with `index.html` for the folder itself, and beside it another folder.

    The web app's files come with its headers, compressed where the browser takes that. The files of
    `beside` come without them: developers try things out there. The files of messages are at
    `files_origin`. A missing folder has no files.
    """

    def __init__(
        self, web_app: Path | None, beside: Path | None = None, files_origin: str = ""
    ) -> None:
        self._web_app = web_app.resolve() if web_app else None
        self._beside = beside.resolve() if beside else None
        self._files_origin = files_origin

    def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.method not in ("GET", "HEAD"):
            return _not_found()
        if self._web_app and (path := _find(self._web_app, request.path)):
            return web.FileResponse(path, headers=self._headers(path, self._web_app))
        # The folder itself is the web app's, also while there is none.
        if self._beside and request.path != "/" and (path := _find(self._beside, request.path)):
            return web.FileResponse(path, headers=_basic_headers(path, "no-cache"))
        return _not_found()

    def _headers(self, path: Path, folder: Path) -> dict[str, str]:
        # Read each time: the web app may just have been bundled again.
        declared = Manifest.load(folder).headers_with(self._files_origin)
        relative = path.relative_to(folder).as_posix()
        return _basic_headers(path, cache_control(relative)) | {
            name: _relaxed(value) for name, value in declared.items()
        }


def _find(folder: Path, path: str) -> Path | None:
    try:
        found = (folder / path.lstrip("/")).resolve()
        if found.is_dir():
            found /= "index.html"
        return found if found.is_relative_to(folder) and found.is_file() else None
    except (ValueError, OSError):
        # No file can have such a name.
        return None


def _basic_headers(path: Path, caching: str) -> dict[str, str]:
    kind = CONTENT_TYPES.get(path.suffix)
    return {"Cache-Control": caching} | ({"Content-Type": kind} if kind else {})


def _not_found() -> web.Response:
    return web.json_response({"message": "Not Found"}, status=404)


def _relaxed(value: str) -> str:
    """Let the web app on a developer's machine connect to another service, as `?url=` asks."""
    return value.replace("connect-src 'self'", "connect-src 'self' ws: wss:")
