namespace QLearning.Storage.Tests.WriteBehind.Told;

/// <summary>What can have come over a flush.</summary>
/// <param name="BeFenced">Another took its owner's rows.</param>
/// <param name="BeStopped">The lane was stopped.</param>
/// <param name="BeHeldUp">Anything else than that, and rows that are always refused.</param>
/// <param name="BeRefusedOnce">Rows were refused that are taken at another time.</param>
internal readonly record struct CanHappen(bool BeFenced, bool BeStopped, bool BeHeldUp, bool BeRefusedOnce);
