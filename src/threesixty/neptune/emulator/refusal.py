"""What Neptune says no with: its error codes, their HTTP status, and the envelope of its errors.

https://docs.aws.amazon.com/neptune/latest/userguide/errors-engine-codes.html; the statuses are those
of the service model that boto3 ships.
"""

from __future__ import annotations

STATUS = {
    "AccessDeniedException": 403,
    "BadRequestException": 400,
    "BulkLoadIdNotFoundException": 404,
    "CancelledByMaintenanceException": 500,
    "CancelledByUserException": 500,
    "ClientTimeoutException": 408,
    "ConcurrentModificationException": 500,
    "ConstraintViolationException": 400,
    # Not in the service model, so its status is a guess: `threesixty neptune certify` would tell.
    "DuplicateDataException": 400,
    "ExpiredStreamException": 400,
    "FailureByQueryException": 500,
    "IllegalArgumentException": 400,
    "InternalFailureException": 500,
    "InvalidArgumentException": 400,
    "InvalidNumericDataException": 400,
    "InvalidParameterException": 400,
    "LoadUrlAccessDeniedException": 400,
    "MalformedQueryException": 400,
    "MemoryLimitExceededException": 500,
    "MethodNotAllowedException": 405,
    "MissingParameterException": 400,
    "ParsingException": 400,
    "PreconditionsFailedException": 400,
    "QueryLimitExceededException": 500,
    "QueryLimitException": 400,
    "QueryTooLargeException": 400,
    "ReadOnlyViolationException": 400,
    "ResourceNotFoundException": 404,
    "S3Exception": 400,
    "ServerShutdownException": 500,
    "StatisticsNotAvailableException": 400,
    "StreamRecordsNotFoundException": 404,
    "ThrottlingException": 500,
    "TimeLimitExceededException": 500,
    "TooManyRequestsException": 429,
    "UnsupportedOperationException": 400,
    "ValidationException": 400,
}


class Refusal(Exception):
    """A request that Neptune would refuse: `.code` is one of STATUS, `.message` its `detailedMessage`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message

    @property
    def status(self) -> int:
        return STATUS[self.code]

    def envelope(self, request: str) -> dict[str, str]:
        """The body of the answer to the request of that id."""
        return {
            "requestId": request,
            "code": self.code,
            "detailedMessage": self.message,
            "message": self.message,
        }
