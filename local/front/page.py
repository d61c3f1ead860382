"""The static page, as a web server beside API Gateway would give it out."""

from pathlib import Path

from aiohttp import web


class Page:
    """Files of one folder, `index.html` for the folder itself; 404 while there is none."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder.resolve() if folder else None

    def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        found = self._find(request.path)
        if found is None or request.method not in ("GET", "HEAD"):
            return web.json_response({"message": "Not Found"}, status=404)
        # Whoever changes the page wants to see it at the next reload.
        return web.FileResponse(found, headers={"Cache-Control": "no-cache"})

    def _find(self, path: str) -> Path | None:
        if self._folder is None:
            return None
        found = (self._folder / path.lstrip("/")).resolve()
        if found.is_dir():
            found /= "index.html"
        inside = found.is_relative_to(self._folder)
        return found if inside and found.is_file() else None
