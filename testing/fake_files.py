"""The bucket of files, as a dictionary of its objects."""

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from chat.files.bucket import UploadForm, UploadMissing
from chat.files.keys import find_file, taken_key, upload_key
from chat.protocol.files import File
from chat.protocol.ids import AttachmentId, ConversationId
from testing.steps import Place, Step, Steps


class Object(Struct, frozen=True):
    content: bytes
    media_type: str


class UploadRejected(Exception):
    """The form does not allow what was uploaded with it."""


class FakeFiles:
    """Keeps objects as S3 does: a form allows one size and type, and a copy replaces nothing."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self.objects: dict[str, Object] = {}
        self.signed: list[str] = []
        self.address = "https://files.test/"
        self.fault: Callable[[str], Exception | None] = lambda _: None
        """What a request of this name meets."""

    def upload_form(self, file: File) -> UploadForm:
        key = upload_key(file.conversation_id, file.attachment_id)
        fields = {"key": key, "Content-Type": file.media_type, "size": str(file.size)}
        return UploadForm(self.address, fields)

    def download_url(self, file: File) -> str:
        key = taken_key(file.conversation_id, file.attachment_id)
        self.signed.append(key)
        return f"{self.address}{key}"

    def find_size(self, conversation_id: ConversationId, attachment_id: AttachmentId) -> int | None:
        key = upload_key(conversation_id, attachment_id)
        with self._steps.taking(_step("HeadObject", key, is_written=False)):
            self._meet_fault("HeadObject")
            found = self.objects.get(key)
            return len(found.content) if found else None

    def take(self, file: File) -> None:
        place = (file.conversation_id, file.attachment_id)
        source, target = upload_key(*place), taken_key(*place)
        step = Step(
            "CopyObject",
            (_place(source, is_written=False), _place(target, is_written=True)),
        )
        with self._steps.taking(step):
            self._meet_fault("CopyObject")
            if target in self.objects:
                return
            if source not in self.objects:
                raise UploadMissing
            self.objects[target] = Object(self.objects[source].content, file.media_type)

    def delete(
        self, conversation_id: ConversationId, attachment_ids: Sequence[AttachmentId]
    ) -> None:
        places = (taken_key, upload_key)
        keys = [place(conversation_id, each) for each in attachment_ids for place in places]
        with self._steps.taking(
            Step("DeleteObjects", tuple(_place(key, is_written=True) for key in keys))
        ):
            self._meet_fault("DeleteObjects")
            for key in keys:
                self.objects.pop(key, None)

    def each_taken(self) -> Iterator[tuple[ConversationId, AttachmentId]]:
        places = [find_file(key) for key in self.objects if key.startswith("c/")]
        return filter(None, places)

    def accept(self, form: UploadForm, content: bytes) -> None:
        """Take what a client uploads.

        Raises:
            UploadRejected: it has another size.
        """
        if len(content) != int(form.fields["size"]):
            raise UploadRejected
        self.objects[form.fields["key"]] = Object(content, form.fields["Content-Type"])

    def replace(self, key: str, content: bytes) -> None:
        """Put an object as nobody but the service may."""
        self.objects[key] = Object(content, "image/png")

    def copy(self, conversation_id: str, attachment_id: str) -> None:
        """Leave a copy as a function does that ends before it stores the message."""
        place = (ConversationId(conversation_id), AttachmentId(attachment_id))
        self.objects[taken_key(*place)] = self.objects[upload_key(*place)]

    def taken(self) -> list[bytes]:
        """List what messages have."""
        return [each.content for key, each in self.objects.items() if key.startswith("c/")]

    def expire_uploads(self) -> list[str]:
        """Remove all uploads as the lifecycle rule does; name those that it removed."""
        expired = [key for key in self.objects if key.startswith("u/")]
        for key in expired:
            del self.objects[key]
        return expired

    def _meet_fault(self, request: str) -> None:
        if error := self.fault(request):
            raise error


def failing(request: str, error: Exception) -> Callable[[str], Exception | None]:
    """Make every request of a name fail."""
    return lambda name: error if name == request else None


def _step(name: str, key: str, *, is_written: bool) -> Step:
    return Step(name, (_place(key, is_written=is_written),))


def _place(key: str, *, is_written: bool) -> Place:
    return Place("files", key, None, is_written)
